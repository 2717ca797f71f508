package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the partner of an OPEN circuit in the background, if it has a {@link HealthProbe}. Used under the circuit's lock; asks
 * the store, starts and interrupts checks only through the circuit's effects.
 *
 * <ul>
 *   <li>One run at a time on this instance, from the question who may to the end of its thread. A check that ignores its
 *       interruption keeps this instance from the next run, and no other instance.
 *   <li>A run of the cluster's stay starts only with the store's one lease. What comes of it is proposed only while the lease is
 *       held for certain, by compare-and-set on the epoch of that stay. So at most one instance decides, and what comes after
 *       the stay or the lease changes nothing.
 *   <li>A run settles once: by what its check did, or by its time-out, whichever comes first.
 *   <li>Without the store, or alone with its trouble, this instance needs no lease and decides for itself.
 *   <li>Every tick compares what is with what should be. A lost answer or timer, the end of an override or another configuration
 *       costs a tick and no more.
 * </ul>
 */
final class HealthProbes {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /* The lease outlasts the check by this, in which a time-out becomes known before another instance is elected. */
    private static final Duration GRACE = Duration.ofMillis(500);
    /* A lease that ended early is found after this. */
    private static final long LONGEST_DENIAL = Duration.ofSeconds(1).toNanos();

    private final Circuit circuit;
    private final ProbeThreads threads;
    private final @Nullable Sharing sharing;
    private final @Nullable SharedStore store;
    private @Nullable HealthRun run;
    private Timers.@Nullable Task timeout;
    private @Nullable Phase denied;
    private long deniedUntil;
    private boolean closed;

    /**
     * @param sharing what is known of the cluster, null if the circuit is not shared
     * @param store elects who probes, null if the circuit is not shared
     */
    HealthProbes(Circuit circuit, ProbeThreads threads, @Nullable Sharing sharing, @Nullable SharedStore store) {
        this.circuit = circuit;
        this.threads = threads;
        this.sharing = sharing;
        this.store = store;
    }

    /** Whether no call is admitted to an OPEN circuit. Takes no lock. After the end of the registry there is no background. */
    boolean areConfigured() {
        return circuit.config().healthProbe() != null && !circuit.timers().isStopped();
    }

    /** What a call may be leased for. */
    ProbeRequest.Purpose purposeOfCalls() {
        return areConfigured() ? ProbeRequest.Purpose.CALL_IF_HALF_OPEN : ProbeRequest.Purpose.CALL;
    }

    /**
     * Probes the partner if it is time to.
     *
     * @param held whether somebody else has to decide first, such as the operator of an override
     */
    void look(Phase automatic, boolean held) {
        forgetUnanswered();
        HealthProbe probe = circuit.config().healthProbe();
        boolean wanted = automatic instanceof OpenPhase open && open.isDue() && !held && !closed;
        if (probe == null || !wanted || isBusy()) {
            return;
        }
        boolean shared = circuit.isShared(automatic);
        boolean wait = shared && denied == automatic && deniedUntil - circuit.now() > 0;
        if (!wait && threads.reserve()) {
            long limit = circuit.config().probeLease().toNanos();
            HealthRun next = new HealthRun((OpenPhase) automatic, circuit.now(), limit, probe, circuit.outcomes());
            run = next;
            if (shared && store != null) {
                elect(next, store);
            } else {
                start(next);
            }
        }
    }

    /* Also when no probe is wanted any more: other circuits want the place. */
    private void forgetUnanswered() {
        HealthRun current = run;
        if (current != null && current.asking) {
            boolean waited = circuit.now() - current.began > Exchange.GIVE_UP;
            if (waited || !circuit.isShared(current.phase)) {
                free(current);
            }
        }
    }

    private boolean isBusy() {
        HealthRun current = run;
        if (current == null) {
            return false;
        }
        if (current.settled && !current.complained && !circuit.isIn(current.phase)) {
            current.complained = true;
            circuit.effect(() -> log.warn(
                    "The health probe of circuit breaker '{}' does not end although it was interrupted, so this instance"
                            + " cannot probe again",
                    circuit.name()));
        }
        return true;
    }

    // ---- election

    private void elect(HealthRun candidate, SharedStore from) {
        candidate.asking = true;
        String lease = circuit.newLease(":health:");
        candidate.lease = lease;
        ProbeRequest request = ProbeRequest.health(
                lease, circuit.instance(), circuit.config().probeLease().plus(GRACE));
        circuit.effect(() -> Calls.attempt(() -> from.permit(circuit.name(), request))
                .whenComplete((reply, fault) -> circuit.exclusively(() -> answered(candidate, lease, reply, fault))));
    }

    private void answered(HealthRun candidate, String lease, @Nullable ProbeReply reply, @Nullable Throwable fault) {
        boolean awaited = run == candidate && candidate.asking;
        if (sharing == null || (reply == null && !awaited)) {
            return;
        }
        if (reply == null) {
            free(candidate);
            sharing.failed(circuit.now(), fault);
            return;
        }
        sharing.heard(reply.state());
        boolean inTime = awaited && candidate.deadline - circuit.now() > 0;
        long stay = reply.state().epoch();
        if (reply.granted() && inTime && !closed && circuit.isIn(candidate.phase) && circuit.isIn(stay)) {
            candidate.asking = false;
            candidate.epoch = stay;
            deny(candidate.phase, heldUntil(candidate));
            start(candidate);
            return;
        }
        if (reply.granted()) {
            CompletableFuture<?> unused = giveBack(stay, lease);
        }
        if (awaited) {
            long pause = Math.min(reply.retryAfter().toNanos(), LONGEST_DENIAL);
            deny(candidate.phase, circuit.now() + Math.max(pause, circuit.syncIntervalNanos()));
            free(candidate);
        }
    }

    private void deny(Phase phase, long until) {
        denied = phase;
        deniedUntil = until;
    }

    /* The lease began after it was asked for, so it is held at least until then plus its term. */
    private static long heldUntil(HealthRun elected) {
        return elected.deadline + GRACE.toNanos();
    }

    private CompletableFuture<?> giveBack(long stay, String lease) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        if (store == null) {
            done.complete("nothing to give back");
        } else {
            circuit.effect(() -> Calls.attempt(() -> store.complete(circuit.name(), stay, lease, ProbeOutcome.RETURNED))
                    .whenComplete((state, fault) -> done.complete("given back, or ends by itself")));
        }
        return done;
    }

    private void free(HealthRun ended) {
        if (run == ended) {
            run = null;
            threads.release();
        }
    }

    // ---- run

    private void start(HealthRun started) {
        timeout = circuit.timers()
                .after(started.deadline - circuit.now(), () -> circuit.exclusively(() -> expired(started)));
        circuit.effect(() ->
                threads.run(() -> started.run(finding -> circuit.exclusively(() -> ended(started, finding)))));
    }

    private void expired(HealthRun late) {
        if (run == late && !late.settled) {
            circuit.effect(late::interrupt);
            String problem = "no result after " + (late.deadline - late.began) / 1_000_000 + " ms";
            circuit.outcomes().remember(new TimeoutException(problem), circuit.now());
            settle(late, new HealthRun.Finding(problem, null));
        }
    }

    private void ended(HealthRun over, HealthRun.Finding finding) {
        if (timeout != null) {
            timeout.cancel();
        }
        settle(over, finding);
        free(over);
    }

    private void settle(HealthRun over, HealthRun.Finding finding) {
        if (over.settled) {
            return;
        }
        over.settled = true;
        boolean outlived = over.lease != null && heldUntil(over) - circuit.now() <= 0;
        if (!circuit.isIn(over.phase) || outlived) {
            log.debug("The health probe of circuit breaker '{}' ended too late to matter", circuit.name());
        } else if (finding.problem() == null) {
            succeeded(over.phase);
        } else {
            failed(over.phase, finding.problem(), finding.retryAfter());
        }
    }

    private void succeeded(OpenPhase phase) {
        boolean half = circuit.config().healthProbeResult() == BreakerConfig.HealthProbeResult.HALF_OPEN;
        circuit.probed(
                phase,
                half ? Kind.HALF_OPEN : Kind.CLOSED,
                half ? circuit.config().maxWaitDurationInHalfOpenState().toNanos() : 0,
                half ? phase.opens() : 0,
                "the health probe succeeded");
    }

    private void failed(OpenPhase phase, String problem, @Nullable Duration retryAfter) {
        int opens = phase.opens() + 1;
        long wait = retryAfter == null ? circuit.waits().nanos(opens) : retryAfter.toNanos();
        log.debug(
                "Circuit breaker '{}' stays OPEN for {} ms more: the health probe failed: {}",
                circuit.name(),
                wait / 1_000_000,
                problem);
        circuit.probed(phase, Kind.OPEN, wait, opens, "the health probe failed: " + problem);
    }

    /** Ends all probing; done when the lease that is held has been given back, so that another instance may go on. */
    CompletableFuture<?> close() {
        closed = true;
        HealthRun last = run;
        if (last != null && last.asking) {
            free(last);
        }
        if (last == null || last.asking || last.settled) {
            return CompletableFuture.completedFuture(null);
        }
        last.settled = true;
        circuit.effect(last::interrupt);
        return last.lease == null ? CompletableFuture.completedFuture(null) : giveBack(last.epoch, last.lease);
    }
}
