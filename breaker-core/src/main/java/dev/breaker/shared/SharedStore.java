package dev.breaker.shared;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The place where all instances of a service keep the state and the counters of their circuits; the only SPI of Breaker.
 *
 * <p>A store is dumb, atomic and idempotent: it adds, compares and remembers, and decides nothing. Each operation is one
 * atomic step and one round trip. Time is the store's own: it hands out and takes <em>durations</em> and never a time of
 * day, so clocks of different machines are not compared.
 *
 * <p>Every operation returns at once and never blocks its caller; a failure of any kind (unreachable, hung, refused,
 * read-only) completes the returned stage exceptionally, within a bounded time. A store never replays an operation by
 * itself after a time-out. Data under the store's keys that cannot be understood is repaired, reported in the store's log
 * and treated as missing. Implementations are safe for use by many threads. They must pass the project's
 * {@code SharedStoreContract}.
 *
 * <p>An unknown breaker is {@linkplain SharedState#initial() CLOSED at epoch 0}.
 */
public interface SharedStore extends AutoCloseable {

    /**
     * Adds an instance's outcomes to the shared window and returns what the cluster knows.
     *
     * <p>A batch counts only if its epoch is the current one and its sequence number is above the last one seen from that
     * instance: repeating a batch after a lost reply is harmless. Reading (no batch) changes nothing but times to live.
     *
     * @param breaker the circuit's name
     * @param window the shape of the sliding window
     * @param instance who asks; its own successes are left out of {@link Totals#peerSuccessAge()}
     * @param batch the outcomes to add, or null to read only
     */
    CompletionStage<SyncReply> sync(String breaker, WindowSpec window, String instance, @Nullable Batch batch);

    /**
     * Replaces the state if its epoch still is the expected one; clears the window and the probes, and tells all
     * {@linkplain #subscribe subscribers}. The new epoch is {@code max(expected + 1, the store's time in microseconds)},
     * so that it keeps growing when data is lost.
     *
     * @param breaker the circuit's name
     * @param expectedEpoch the epoch of the state to leave
     * @param next the state to enter; its own epoch is ignored
     * @return the state that holds afterwards, whoever made it: the caller won if it names the caller's instance and an
     *     epoch above the expected one
     */
    CompletionStage<SharedState> transition(String breaker, long expectedEpoch, SharedState next);

    /**
     * Leases one probe, and for a {@linkplain ProbeRequest.Purpose#CALL call} moves an OPEN circuit whose wait is over to
     * HALF_OPEN first (a new epoch, told to all subscribers). At most {@link Probes#permitted()} probes are leased or decided per stay. A lease that has ended gives
     * its permit back. A denial changes nothing, no time to live either. Asking again with the same lease identity returns
     * the lease already held.
     *
     * <p>A {@linkplain ProbeRequest.Purpose#HEALTH health probe} is leased while the circuit is OPEN and its wait is over, one
     * at a time, and changes neither state nor epoch. Its lease ends with the stay.
     *
     * @param breaker the circuit's name
     * @param request whose probe, for how long, out of how many
     */
    CompletionStage<ProbeReply> permit(String breaker, ProbeRequest request);

    /**
     * Gives a leased probe back with its outcome. An unknown or ended lease, or another epoch, changes nothing. The lease of a
     * health probe only ends, whatever the outcome.
     *
     * @param breaker the circuit's name
     * @param epoch the stay that the probe belongs to
     * @param lease the identity given in {@link ProbeRequest#lease()}
     * @param outcome what came of it; {@link ProbeOutcome#RETURNED} only frees the permit
     * @return the state afterwards, with the probes counted so far
     */
    CompletionStage<SharedState> complete(String breaker, long epoch, String lease, ProbeOutcome outcome);

    /**
     * Puts a state and an override back after the store lost its data: each is set only if its epoch (its version) is above
     * the stored one. The epoch is kept as given. A HALF_OPEN state comes back as OPEN whose wait is over, because its
     * leases are lost.
     *
     * @param breaker the circuit's name
     * @param state the newest state the caller knows
     * @param override the newest override the caller knows, if any
     * @return the state that holds afterwards
     */
    CompletionStage<SharedState> adopt(String breaker, SharedState state, @Nullable SharedOverride override);

    /**
     * Sets the operator's override of a circuit, or ends it ({@link SharedOverride.Mode#NONE}), and tells all subscribers.
     * The store assigns the version. The end of an override is remembered for a while, so that it can be told from a loss
     * of data.
     *
     * @param breaker the circuit's name
     * @param override what to set, as old as it says; its version is ignored
     * @return the override as stored
     */
    CompletionStage<SharedOverride> override(String breaker, SharedOverride override);

    /**
     * Remembers what an instance tells of itself, in place of what it told before, for a while from now. Keeps it
     * {@linkplain InstanceReport#bounded() bounded}.
     *
     * @param report what it tells; its age is ignored
     * @param ttl how long it is remembered unless it is told again; zero to forget it now
     * @return the report as kept
     */
    CompletionStage<InstanceReport> report(InstanceReport report, Duration ttl);

    /** What the instances told of themselves and is not forgotten yet, in no particular order. Changes nothing. */
    CompletionStage<List<InstanceReport>> reports();

    /**
     * Registers who is told of every change of state and of every override as it happens. Delivery is at most once; a lost
     * message costs a subscriber no more than the time to its next {@link #sync}. Called by threads of the store; must not
     * block.
     */
    void subscribe(SharedStoreListener listener);

    /** Says in a few words which store this is and where, without secrets; shown in health and logs. */
    String describe();

    /** Lets go of connections and threads within a bounded time, whatever the state of the server. Idempotent. */
    @Override
    void close();
}
