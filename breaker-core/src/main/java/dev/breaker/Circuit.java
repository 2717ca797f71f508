package dev.breaker;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One circuit on this instance: the lock under which everything about it changes, and its parts, each of which owns what it
 * changes.
 *
 * <p>Admission takes no lock. Everything that may change the state runs in {@link #exclusively}; what it wants done outside
 * (talk to the store) it leaves as an effect, which runs as soon as the lock is free.
 */
final class Circuit extends Exclusive {

    private static final Logger log = LoggerFactory.getLogger(Circuit.class);

    private final String name;
    private final boolean keyed;
    private final Surroundings surroundings;
    private final Outcomes outcomes;
    private final Idleness idleness;
    private final OverrideLayer overrides;
    private final @Nullable Sharing sharing;
    private final Phases phases;
    private final Admission admission;
    private final Openings openings;
    private final Transitions transitions;
    private final HealthProbes healthProbes;
    private volatile boolean left;

    /**
     * @param keyed whether it is one of many, whose news can wait while nobody uses it
     */
    Circuit(String name, boolean keyed, BreakerConfig config, Surroundings surroundings) {
        this.name = name;
        this.keyed = keyed;
        this.surroundings = surroundings;
        this.outcomes = new Outcomes(name, surroundings.rules().of(config), surroundings);
        this.idleness = new Idleness(outcomes.counts(), now());
        this.overrides = new OverrideLayer(this);
        SharingSettings settings = config.sharing() ? surroundings.sharing() : null;
        this.sharing = settings == null ? null : new Sharing(this, settings);
        this.phases = new Phases(this, overrides, surroundings.listeners());
        this.admission = new Admission(this, phases);
        this.openings = new Openings(this);
        this.transitions = new Transitions(this, phases);
        this.healthProbes = new HealthProbes(this, surroundings.probeThreads());
    }

    /** Begins the first phase; called once, before the first call. */
    synchronized void start() {
        phases.automatic().begin();
    }

    // ---- what its parts need to know

    String name() {
        return name;
    }

    /** What calls are judged by at this moment. */
    Rules rules() {
        return outcomes.rules();
    }

    BreakerConfig config() {
        return rules().config();
    }

    String instance() {
        return surroundings.instance();
    }

    Timers timers() {
        return left ? StoppedTimers.INSTANCE : surroundings.timers();
    }

    /** Timers of what ends by itself even when the circuit has been removed. */
    Timers lastingTimers() {
        return surroundings.timers();
    }

    long now() {
        return surroundings.ticker().read();
    }

    Deadline deadlineIn(long nanos) {
        return new Deadline(surroundings.ticker(), now() + nanos);
    }

    /** Spreads a duration over plus or minus a tenth, so that instances do not march in step. */
    long jittered(long nanos) {
        return surroundings.jittered(nanos);
    }

    /** A random part of a duration. */
    long partOf(long nanos) {
        return surroundings.partOf(nanos);
    }

    /** Whether it is one of many, whose news can wait while nobody uses it. */
    boolean isKeyed() {
        return keyed;
    }

    // ---- its parts

    Outcomes outcomes() {
        return outcomes;
    }

    Idleness idleness() {
        return idleness;
    }

    OverrideLayer overrides() {
        return overrides;
    }

    Phases phases() {
        return phases;
    }

    /** The phase that decides about calls. */
    Phase current() {
        return phases.current();
    }

    Admission admission() {
        return admission;
    }

    Openings openings() {
        return openings;
    }

    Transitions transitions() {
        return transitions;
    }

    HealthProbes healthProbes() {
        return healthProbes;
    }

    /** What is known of the cluster, null if the circuit is not shared. */
    @Nullable
    Sharing sharing() {
        return sharing;
    }

    /** Does something with it if the circuit is shared. */
    void ifShared(Consumer<Sharing> action) {
        if (sharing != null) {
            action.accept(sharing);
        }
    }

    /** What is known of the cluster while a phase is the cluster's and the store answers, or else null. */
    @Nullable
    Sharing sharingFor(Phase phase) {
        return sharing != null && sharing.isActive() && phase.scope() == BreakerScope.CLUSTER ? sharing : null;
    }

    /** Whether that is the automatic phase now. */
    synchronized boolean isIn(Phase phase) {
        return phases.automatic() == phase;
    }

    // ---- the cluster

    /** The cluster's state as far as this instance knows. */
    SharedState known() {
        return sharing == null ? SharedState.initial() : sharing.known();
    }

    /** Another instance moved the circuit. */
    void heard(SharedState state) {
        exclusively(() -> ifShared(cluster -> cluster.heard(state)));
    }

    // ---- operators

    /** Whether an operator's decision holds here or the store has yet to be told of one. */
    synchronized boolean keepsADecision() {
        return overrides.isDecided() || (sharing != null && sharing.owes());
    }

    void reset(String why) {
        exclusively(() -> {
            phases.begin(phases.closed(), why);
            if (sharing != null && sharing.isActive()) {
                phases.announcer().hold(why);
            } else {
                phases.announce(why, BreakerScope.INSTANCE, 0, true);
            }
            ifShared(cluster -> cluster.reset(why));
        });
    }

    // ---- registry

    /**
     * Goes on with another configuration in the same state, with the same counts. Nothing is decided here: a CLOSED circuit is
     * judged by it after the next failure or slow call. Whether the circuit is shared cannot change.
     */
    void reconfigure(BreakerConfig wanted) {
        /* Not under the lock: it is compared with what others have, classifiers too, which are users' code. */
        Rules next = surroundings.rules().of(keepingSharing(wanted));
        exclusively(() -> {
            long now = now();
            phases.fold(now);
            outcomes.judgeBy(next);
            phases.reshape(now);
            ifShared(cluster -> cluster.reshape(now, phases.automatic()));
            phases.announcer().reconfigured();
        });
    }

    private BreakerConfig keepingSharing(BreakerConfig wanted) {
        boolean shared = config().sharing();
        if (surroundings.sharing() == null || wanted.sharing() == shared) {
            return wanted;
        }
        log.warn("{} stays {} until a restart; its other settings apply", this, shared ? "shared" : "unshared");
        return wanted.toBuilder().sharing(shared).build();
    }

    /** Counts what was recorded since and exchanges with the store if it is time to. */
    void tick() {
        exclusively(() -> {
            long now = now();
            phases.fold(now);
            idleness.tick(now);
            ifShared(cluster -> cluster.tick(now));
            transitions.tick();
        });
        ifShared(cluster ->
                cluster.leases().returnIdle(now(), 4 * cluster.settings().syncInterval()));
    }

    /** Exchanges with the store at once, whatever the back-off says. */
    void urge() {
        exclusively(() -> ifShared(cluster -> cluster.exchange().urgeAnyway(now())));
    }

    CompletableFuture<?> close() {
        CompletableFuture<CompletableFuture<?>> last = new CompletableFuture<>();
        exclusively(() -> {
            phases.fold(now());
            openings.announceHeld();
            CompletableFuture<?> probes = healthProbes.close();
            last.complete(
                    sharing == null
                            ? probes
                            : CompletableFuture.allOf(probes, sharing.exchange().close(now())));
        });
        return last.join();
    }

    /** Ends the circuit's part in the registry, which has removed it; from here on it is alone. */
    void leave() {
        left = true;
        CompletableFuture<?> unused = close();
        exclusively(() -> {
            phases.automatic().end();
            ifShared(cluster -> cluster.exchange().leave());
        });
        ifShared(cluster -> cluster.leases().returnIdle(now(), 0));
    }

    synchronized Probes probes() {
        return phases.automatic() instanceof HalfOpenPhase halfOpen ? halfOpen.probes() : Probes.NONE;
    }

    synchronized BreakerSnapshot snapshot() {
        long now = now();
        phases.fold(now);
        Phase automatic = phases.automatic();
        boolean shared = sharingFor(automatic) != null;
        Tally tally = tally(now, shared);
        long staleness = sharing == null ? -1 : sharing.staleness(now);
        return new BreakerSnapshot(
                name,
                current().state(),
                automatic.state(),
                automatic.scope(),
                known().epoch(),
                phases.cause(),
                automatic instanceof OpenPhase open ? open.deadline().left() : null,
                new BreakerSnapshot.Counts(tally.calls(), tally.failures(), tally.slow(), tally.streak()),
                shared && !phases.areOverridden() ? BreakerScope.CLUSTER : BreakerScope.INSTANCE,
                outcomes.counts().rejected.sum(),
                outcomes.lastFailure(),
                outcomes.lastFailureAge(now),
                overrides.snapshot(),
                sharing == null
                        ? BreakerSnapshot.Sharing.OFF
                        : sharing.exchange().isDegraded()
                                ? BreakerSnapshot.Sharing.DEGRADED
                                : BreakerSnapshot.Sharing.ACTIVE,
                staleness < 0 ? null : Duration.ofNanos(staleness));
    }

    private Tally tally(long now, boolean shared) {
        Phase counting = current() instanceof ClosedPhase ? current() : phases.automatic();
        return sharing != null && shared && counting == phases.automatic() && counting instanceof ClosedPhase
                ? sharing.view(now)
                : counting.tally(now);
    }

    @Override
    public String toString() {
        return "Circuit breaker '" + name + "'";
    }
}
