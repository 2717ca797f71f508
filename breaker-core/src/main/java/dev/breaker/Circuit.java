package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of one circuit on this instance.
 *
 * <p>Admission reads {@link #current} and takes no lock. Everything that may change the state runs under the circuit's monitor,
 * in {@link #exclusively}; what it wants done outside (talk to the store) it leaves as an effect, which runs as soon as the
 * monitor is free. There is an automatic phase, and above it perhaps an operator's override; {@code current} is the one that
 * decides.
 */
final class Circuit extends Exclusive {

    private static final Logger log = LoggerFactory.getLogger(Circuit.class);

    /** What circuits of one registry have in common. */
    record Surroundings(
            Ticker ticker,
            Timers timers,
            ProbeThreads probeThreads,
            DoubleSupplier random,
            Listeners listeners,
            String instance,
            boolean timed,
            Sharing.@Nullable Settings sharing) {}

    private final String name;
    private final boolean keyed;
    private final Surroundings surroundings;
    private final Outcomes outcomes;
    private final Idleness idleness;
    private final Announcer announcer;
    private final Admission admission;
    private final OverrideLayer overrides;
    private final @Nullable Sharing sharing;
    private final @Nullable ProbeLeases leases;
    private final HealthProbes healthProbes;
    /* The phase that the circuit starts in, unless that is CLOSED. */
    private final @Nullable Phase initial;

    private volatile Phase current;
    private Phase automatic;
    private String cause = "";
    private @Nullable String unannouncedCause;
    private volatile boolean left;

    /**
     * @param keyed whether it is one of many, whose news can wait while nobody uses it
     */
    Circuit(String name, boolean keyed, BreakerConfig config, Surroundings surroundings) {
        this.name = name;
        this.keyed = keyed;
        this.surroundings = surroundings;
        this.outcomes = new Outcomes(name, Rules.of(config, surroundings.random), surroundings);
        this.idleness = new Idleness(outcomes.counts(), now());
        this.overrides = new OverrideLayer(this);
        Sharing.Settings settings = config.sharing() ? surroundings.sharing : null;
        this.sharing = settings == null ? null : new Sharing(this, settings, windowSpec());
        this.leases = settings == null ? null : new ProbeLeases(this, settings.store());
        this.healthProbes =
                new HealthProbes(this, surroundings.probeThreads, sharing, settings == null ? null : settings.store());
        this.admission = new Admission(this, leases);
        this.initial = InitialState.phase(this);
        this.automatic = initial == null ? closedPhase() : initial;
        Phase override = overrides.phase();
        this.current = override == null ? automatic : override;
        this.announcer = new Announcer(name, outcomes, surroundings.listeners, current.state(), now());
        this.cause = initial == null ? "" : InitialState.CAUSE;
    }

    /** Begins the first phase; called once, before the first call. */
    synchronized void start() {
        automatic.begin();
    }

    // ---- what phases need to know

    String name() {
        return name;
    }

    BreakerConfig config() {
        return outcomes.rules().config();
    }

    String instance() {
        return surroundings.instance;
    }

    Thresholds thresholds() {
        return outcomes.rules().thresholds();
    }

    WaitSchedule waits() {
        return outcomes.rules().waits();
    }

    Timers timers() {
        return left ? StoppedTimers.INSTANCE : surroundings.timers;
    }

    /** Timers of what ends by itself even when the circuit has been removed. */
    Timers lastingTimers() {
        return surroundings.timers;
    }

    Outcomes outcomes() {
        return outcomes;
    }

    Idleness idleness() {
        return idleness;
    }

    /** Whether it is one of many, whose news can wait while nobody uses it. */
    boolean isKeyed() {
        return keyed;
    }

    Announcer announcer() {
        return announcer;
    }

    OverrideLayer overrides() {
        return overrides;
    }

    HealthProbes healthProbes() {
        return healthProbes;
    }

    long now() {
        return surroundings.ticker.read();
    }

    long syncIntervalNanos() {
        Sharing.Settings settings = surroundings.sharing;
        return settings == null ? 0 : settings.syncInterval();
    }

    /** A name that no lease of this instance has had, not even for an earlier circuit of the same name. */
    String newLease(String prefix) {
        Sharing.Settings settings = surroundings.sharing;
        return instance() + prefix + (settings == null ? 0 : settings.leases().incrementAndGet());
    }

    /** Spreads a duration over plus or minus a tenth, so that instances do not march in step. */
    long jittered(long nanos) {
        return (long) (nanos * (0.9 + 0.2 * surroundings.random.getAsDouble()));
    }

    WindowSpec windowSpec() {
        return outcomes.rules().window();
    }

    // ---- admission

    /** The phase that decides about calls. */
    Phase current() {
        return current;
    }

    Admission admission() {
        return admission;
    }

    /** Whether a phase is the cluster's and the store answers. */
    boolean isShared(Phase phase) {
        return sharingFor(phase) != null;
    }

    private @Nullable Sharing sharingFor(Phase phase) {
        return sharing != null && sharing.isActive() && phase.scope() == BreakerScope.CLUSTER ? sharing : null;
    }

    // ---- outcomes

    /** A failure or a slow call of a closed phase. */
    void recorded(ClosedPhase phase, boolean failure, boolean slow, @Nullable Throwable thrown) {
        Duration retryAfter = failure ? outcomes.retryAfter(thrown) : null;
        if (failure) {
            outcomes.remember(thrown, now());
        }
        exclusively(() -> {
            long now = now();
            fold(now);
            if (phase == automatic || phase == current) {
                phase.add(now, failure, slow);
            }
            if (phase == automatic) {
                share(now, failure, slow);
                decide(phase, now, retryAfter);
            }
        });
    }

    private void decide(ClosedPhase phase, long now, @Nullable Duration retryAfter) {
        if (retryAfter != null) {
            open(new Sharing.Suspicion(askedFor(retryAfter), retryAfter.toNanos(), true, true, phase));
            return;
        }
        Tally cluster = sharing != null && phase.scope() == BreakerScope.CLUSTER ? sharing.view(now) : Tally.NONE;
        String pooled = thresholds().crossedBy(cluster);
        String own = thresholds().crossedBy(phase.tally(now));
        String crossed = pooled == null ? own : pooled;
        if (crossed != null) {
            open(new Sharing.Suspicion(crossed, waits().nanos(1), false, own != null, phase));
        } else if (sharing != null) {
            sharing.exchange().badCall(now, thresholds().near(cluster));
        }
    }

    private void share(long now, boolean failure, boolean slow) {
        if (sharing != null) {
            sharing.add(now, failure, slow);
        }
    }

    private void fold(long now) {
        if (automatic instanceof ClosedPhase closed) {
            long since = closed.foldedAt();
            int fresh = closed.fold(now);
            if (fresh > 0 && sharing != null) {
                sharing.addSuccesses(now, since, fresh);
            }
        }
        if (current != automatic && current instanceof ClosedPhase metricsOnly) {
            metricsOnly.fold(now);
        }
    }

    // ---- transitions of this instance

    /*
     * This instance rejects from here on. Whether the whole cluster opens is known one exchange later, and until then the
     * transition is not announced, so that one opening is one event.
     */
    private void open(Sharing.Suspicion why) {
        begin(new OpenPhase(this, BreakerScope.INSTANCE, why.waitNanos(), 1), why.cause());
        unannouncedCause = why.cause();
        if (sharing != null && sharing.isActive()) {
            sharing.suspect(now(), why);
        } else {
            announceOpening();
        }
    }

    /** The opening turns out to be this instance's alone. */
    void announceOpening() {
        String why = unannouncedCause;
        if (why != null) {
            announce(why, BreakerScope.INSTANCE, 0, true);
        }
    }

    /** The opening rested on what was known of others, and that was out of date: as if it had not been. */
    void takeOpeningBack(ClosedPhase before) {
        if (unannouncedCause != null) {
            begin(before, "not confirmed by the cluster");
        }
    }

    /** A phase whose wait is over, or that the store does not answer for, becomes half-open on this instance. */
    void halfOpenLocally(Phase phase) {
        exclusively(() -> {
            if (automatic == phase) {
                halfOpenLocally("the wait is over");
            }
        });
    }

    private void halfOpenLocally(String why) {
        begin(new LocalHalfOpenPhase(this, automatic.opens()), why);
        announce(why, BreakerScope.INSTANCE, 0, true);
    }

    /** A timer says that an open phase has lasted long enough. */
    void waitIsOver(OpenPhase phase) {
        exclusively(() -> {
            if (automatic == phase) {
                halfOpenUnasked(phase);
            }
        });
    }

    private void halfOpenUnasked(OpenPhase phase) {
        if (healthProbes.areConfigured()) {
            probeInBackground();
        } else if (config().automaticTransition()) {
            Sharing cluster = sharingFor(phase);
            if (cluster != null) {
                cluster.propose(newState(
                        Kind.HALF_OPEN,
                        config().maxWaitDurationInHalfOpenState().toNanos(),
                        phase.opens(),
                        "the wait is over"));
            } else {
                halfOpenLocally("the wait is over");
            }
        }
    }

    /* Neither below an override nor before it is known whether the whole cluster opens, which then elects who probes. */
    private void probeInBackground() {
        healthProbes.look(automatic, current != automatic || unannouncedCause != null);
    }

    /** A health probe has decided what follows an open phase: in the cluster, or here if the phase is not the cluster's. */
    void probed(OpenPhase phase, Kind next, long remaining, int opens, String why) {
        Sharing cluster = sharingFor(phase);
        if (cluster != null) {
            cluster.propose(newState(next, remaining, opens, why));
            return;
        }
        switch (next) {
            case CLOSED -> closeLocally(why);
            case OPEN -> reopenLocally(why, remaining);
            case HALF_OPEN -> halfOpenLocally(why);
        }
    }

    /** A half-open phase lasted too long. */
    void giveUpHalfOpen(Phase phase) {
        exclusively(() -> {
            if (automatic != phase) {
                return;
            }
            Sharing cluster = sharingFor(phase);
            if (cluster != null) {
                cluster.proposeOpen(undecided(), phase.opens() + 1);
            } else {
                reopenLocally(undecided(), waits().nanos(phase.opens() + 1));
            }
        });
    }

    /** Why a half-open phase is given up, in words. */
    String undecided() {
        return "undecided after " + config().maxWaitDurationInHalfOpenState().toMillis() + " ms";
    }

    private void reopenLocally(String why, long wait) {
        begin(new OpenPhase(this, BreakerScope.INSTANCE, wait, automatic.opens() + 1), why);
        announce(why, BreakerScope.INSTANCE, 0, true);
    }

    /** A probe failed, and the partner asks to be left alone for that long. */
    void reopenFor(Duration asked) {
        exclusively(() -> {
            Sharing cluster = sharingFor(automatic);
            String why = askedFor(asked);
            if (!(automatic instanceof HalfOpenPhase)) {
                return;
            }
            if (cluster != null) {
                cluster.propose(newState(Kind.OPEN, asked.toNanos(), automatic.opens() + 1, why));
            } else {
                reopenLocally(why, asked.toNanos());
            }
        });
    }

    private static String askedFor(Duration retryAfter) {
        return "the partner asks for " + retryAfter.toMillis() + " ms";
    }

    /** A probe of this instance's own half-open phase reported. */
    void localProbeReported(LocalHalfOpenPhase phase, ProbeOutcome outcome, Thresholds.Verdict verdict) {
        exclusively(() -> {
            if (automatic != phase) {
                return;
            }
            boolean failure = outcome == ProbeOutcome.FAILURE || outcome == ProbeOutcome.SLOW_FAILURE;
            boolean slow = outcome == ProbeOutcome.SLOW_SUCCESS || outcome == ProbeOutcome.SLOW_FAILURE;
            if (verdict == Thresholds.Verdict.RECOVERED) {
                closeLocally("probes succeeded");
            } else if (verdict == Thresholds.Verdict.STILL_FAILING) {
                reopenLocally("probes failed", waits().nanos(phase.opens() + 1));
            }
            share(now(), failure, slow);
        });
    }

    private void closeLocally(String why) {
        if (sharing != null) {
            sharing.forgetOutage();
        }
        begin(closedPhase(), why);
        announce(why, BreakerScope.INSTANCE, 0, true);
    }

    /* Closed with the cluster if it is, or else by itself. */
    private ClosedPhase closedPhase() {
        boolean together = sharing != null && sharing.known().kind() == Kind.CLOSED;
        return new ClosedPhase(this, together ? BreakerScope.CLUSTER : BreakerScope.INSTANCE);
    }

    // ---- transitions of the cluster

    /** Follows the cluster into a state. */
    void enter(SharedState state, boolean announcer) {
        long remaining = state.remaining().toNanos();
        begin(
                switch (state.kind()) {
                    case CLOSED -> new ClosedPhase(this, BreakerScope.CLUSTER);
                    case OPEN -> new OpenPhase(this, BreakerScope.CLUSTER, remaining, state.opens());
                    case HALF_OPEN -> new SharedHalfOpenPhase(this, remaining, state.opens());
                },
                state.cause());
        announce(state.cause(), BreakerScope.CLUSTER, state.epoch(), announcer);
    }

    /** The store answers again and its state has not changed: gives up what this instance did meanwhile, or proposes it. */
    void rejoin(SharedState state) {
        if (leases != null) {
            leases.update(state.probes());
        }
        if (sharing != null && state.epoch() == 0 && isInitial()) {
            sharing.propose(InitialState.proposal(this, automatic));
        }
        if (sharing == null || state.kind() == Kind.CLOSED) {
            return;
        }
        if (automatic.scope() == BreakerScope.CLUSTER) {
            if (automatic instanceof OpenPhase open && open.isDue()) {
                halfOpenUnasked(open);
            }
        } else if (automatic instanceof LocalHalfOpenPhase local && local.isProbing()) {
            log.debug("Circuit breaker '{}' finishes its own probes before it follows the cluster", name);
        } else if (automatic instanceof ClosedPhase) {
            sharing.propose(newState(Kind.CLOSED, 0, 0, "recovered while the store was away"));
        } else if (state.kind() == Kind.OPEN
                && automatic instanceof OpenPhase open
                && open.retryAfterNanos() > state.remaining().toNanos()) {
            sharing.propose(newState(
                    Kind.OPEN, open.retryAfterNanos(), open.opens(), "probes failed while the store was away"));
        } else {
            enter(state, false);
        }
    }

    /** A state as this instance would have it. */
    SharedState newState(Kind kind, long remaining, int opens, String why) {
        int permitted = kind == Kind.HALF_OPEN ? config().permittedNumberOfCallsInHalfOpenState() : 0;
        return new SharedState(
                0,
                kind,
                Duration.ZERO,
                Duration.ofNanos(remaining),
                opens,
                instance(),
                why,
                new Probes(permitted, 0, 0, 0, 0));
    }

    /** What remains of the automatic phase as the store should know it. */
    long remainingNanos() {
        return automatic instanceof OpenPhase open ? open.retryAfterNanos() : 0;
    }

    /** Whether this instance is still in the state that it started in, and that is not CLOSED. */
    boolean isInitial() {
        return automatic == initial;
    }

    /** Whether that is the automatic phase now. */
    synchronized boolean isIn(Phase phase) {
        return automatic == phase;
    }

    /** The cluster's state as far as this instance knows. */
    SharedState known() {
        return sharing == null ? SharedState.initial() : sharing.known();
    }

    /** Whether the cluster is in that stay, as far as this instance knows. */
    boolean isIn(long epoch) {
        return sharing != null && sharing.known().epoch() == epoch;
    }

    /** The store answered an operation, or another instance moved the circuit. */
    void heard(SharedState state) {
        exclusively(() -> {
            if (sharing != null) {
                sharing.heard(state);
            }
        });
    }

    void storeFailed(@Nullable Throwable fault) {
        exclusively(() -> {
            if (sharing != null) {
                sharing.failed(now(), fault);
            }
        });
    }

    /** A probe that the store leased could not report to it: counts for this instance's own half-open phase. */
    void probeOrphaned(long epoch, ProbeOutcome outcome) {
        exclusively(() -> {
            boolean ours = isIn(epoch);
            if (ours && automatic instanceof SharedHalfOpenPhase) {
                halfOpenLocally("the store does not answer");
            }
            if (ours && automatic instanceof LocalHalfOpenPhase local && outcome != ProbeOutcome.RETURNED) {
                effect(() -> local.count(outcome));
            }
        });
    }

    // ---- overrides

    void override(Mode mode, String reason, String actor, @Nullable Duration expiry) {
        exclusively(() -> {
            overrides.decide(mode, reason, actor, expiry);
            refresh();
            if (sharing != null) {
                sharing.sendUnsent();
            }
        });
    }

    void overrideExpired() {
        exclusively(() -> {
            if (overrides.expire()) {
                refresh();
            }
        });
    }

    synchronized long overrideExpiryNanos() {
        BreakerSnapshot.ActiveOverride active = overrides.snapshot();
        Duration left = active == null ? null : active.expiresIn();
        return left == null ? -1 : left.toNanos();
    }

    /** Whether the store has yet to be told what an operator decided here. */
    synchronized boolean owesTheStore() {
        return sharing != null && sharing.owes();
    }

    void reset(String why) {
        exclusively(() -> {
            boolean forAll = sharing != null && sharing.isActive();
            begin(closedPhase(), why);
            if (sharing != null) {
                sharing.reset(why);
            }
            announce(why, forAll ? BreakerScope.CLUSTER : BreakerScope.INSTANCE, 0, true);
        });
    }

    // ---- the machine

    private void begin(Phase next, String why) {
        automatic.end();
        automatic = next;
        cause = why;
        unannouncedCause = null;
        if (leases != null) {
            leases.clear();
        }
        next.begin();
        current = overrides.phase() == null ? next : current;
    }

    /** Lets the override decide, or the automatic phase if there is none. */
    void refresh() {
        Phase override = overrides.phase();
        Phase next = override == null ? automatic : override;
        if (next != current) {
            current = next;
            announce(overrides.cause(), BreakerScope.CLUSTER, 0, overrides.isOurs());
        }
    }

    private void announce(String why, BreakerScope scope, long epoch, boolean ours) {
        unannouncedCause = null;
        BreakerEvent.Transition event = announcer.transition(current.state(), why, scope, epoch, ours, now());
        if (event != null) {
            effect(() -> announcer.tell(event));
        }
    }

    // ---- registry

    /**
     * Goes on with another configuration in the same state, with the same counts. Nothing is decided here: a CLOSED circuit is
     * judged by it after the next failure or slow call. Whether the circuit is shared cannot change.
     */
    void reconfigure(BreakerConfig wanted) {
        exclusively(() -> {
            long now = now();
            fold(now);
            outcomes.judgeBy(Rules.of(keepingSharing(wanted), surroundings.random));
            Stream.of(automatic, current).forEach(phase -> phase.reshape(now));
            if (sharing != null) {
                sharing.reshape(now, automatic);
            }
        });
    }

    private BreakerConfig keepingSharing(BreakerConfig wanted) {
        boolean shared = config().sharing();
        if (surroundings.sharing == null || wanted.sharing() == shared) {
            return wanted;
        }
        log.warn("{} stays {} until a restart; its other settings apply", this, shared ? "shared" : "unshared");
        return wanted.toBuilder().sharing(shared).build();
    }

    /** Counts what was recorded since and exchanges with the store if it is time to. */
    void tick() {
        exclusively(() -> {
            long now = now();
            fold(now);
            idleness.tick(now);
            if (sharing != null) {
                sharing.tick(now);
            }
            probeInBackground();
            if (automatic instanceof OpenPhase open && open.admitsProbes()) {
                halfOpenUnasked(open);
            }
        });
        if (leases != null) {
            leases.returnIdle(now(), 4 * syncIntervalNanos());
        }
    }

    /** Exchanges with the store at once, whatever the back-off says. */
    void urge() {
        exclusively(() -> {
            if (sharing != null) {
                sharing.exchange().urgeAnyway(now());
            }
        });
    }

    /** Another instance changed the override. */
    void heard(SharedOverride override) {
        exclusively(() -> {
            overrides.follow(override);
            refresh();
        });
    }

    CompletableFuture<?> close() {
        CompletableFuture<CompletableFuture<?>> last = new CompletableFuture<>();
        exclusively(() -> {
            fold(now());
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
            automatic.end();
            if (sharing != null) {
                sharing.exchange().leave();
            }
        });
        if (leases != null) {
            leases.returnIdle(now(), 0);
        }
    }

    synchronized BreakerSnapshot snapshot() {
        long now = now();
        fold(now);
        boolean shared = sharingFor(automatic) != null;
        Tally tally = tally(now, shared);
        long staleness = sharing == null ? -1 : sharing.staleness(now);
        return new BreakerSnapshot(
                name,
                current.state(),
                automatic.state(),
                automatic.scope(),
                known().epoch(),
                cause,
                automatic instanceof OpenPhase open ? Duration.ofNanos(open.retryAfterNanos()) : null,
                new BreakerSnapshot.Counts(tally.calls(), tally.failures(), tally.slow(), tally.streak()),
                shared && current == automatic ? BreakerScope.CLUSTER : BreakerScope.INSTANCE,
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
        Phase counting = current instanceof ClosedPhase ? current : automatic;
        return sharing != null && shared && counting == automatic && counting instanceof ClosedPhase
                ? sharing.view(now)
                : counting.tally(now);
    }

    @Override
    public String toString() {
        return "Circuit breaker '" + name + "'";
    }
}
