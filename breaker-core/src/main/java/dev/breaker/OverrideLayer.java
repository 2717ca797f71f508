package dev.breaker;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The operator's layer above the automatic state: what was decided, by whom, until when, and whether the store knows. Used
 * under the circuit's lock.
 */
final class OverrideLayer {

    private static final Duration FOR_EVER = Duration.ofDays(100 * 365);

    private final Circuit circuit;
    private final SentOverrides sent = new SentOverrides();
    private SharedOverride override;
    private long since;
    private @Nullable Deadline until;
    private @Nullable Phase phase;
    private Timers.@Nullable Task expiry;
    private int decision;
    private boolean unsent;
    private boolean ours;

    /** Begins with what the configuration puts above the automatic state, which any decision of an operator replaces. */
    OverrideLayer(Circuit circuit) {
        this.circuit = circuit;
        this.override = InitialState.override(circuit.config().initialState());
        this.since = circuit.now();
        this.phase = phase(override.mode());
    }

    /** The phase that decides instead of the automatic one, if any. */
    @Nullable
    Phase phase() {
        return phase;
    }

    /** Takes an operator's decision made here. Takes the lock itself. */
    void decide(Mode mode, String reason, String actor, @Nullable Duration ttl) {
        Duration bounded = ttl == null || ttl.compareTo(FOR_EVER) >= 0 ? null : ttl;
        circuit.exclusively(() -> {
            decision++;
            apply(new SharedOverride(override.version(), mode, reason, actor, Duration.ZERO, bounded), true);
            circuit.ifShared(Sharing::sendUnsent);
        });
    }

    /** Another instance changed it, or put an old one back, which has to be corrected. Takes the lock itself. */
    void heard(SharedOverride stored) {
        circuit.exclusively(() -> {
            if (follow(stored)) {
                circuit.ifShared(sharing -> sharing.exchange().urge(circuit.now()));
            }
        });
    }

    /** Whether the decision was made here. */
    boolean isOurs() {
        return ours;
    }

    /** Whether an operator has decided what holds now, rather than the configuration or nobody. */
    boolean isDecided() {
        return phase != null && (unsent || override.version() > 0);
    }

    /** What the store has yet to be told, if anything. */
    @Nullable
    SharedOverride unsent() {
        return unsent ? now() : null;
    }

    /**
     * The store is being told what was {@link #unsent()}.
     *
     * @return the number of that decision
     */
    int sending(SharedOverride what) {
        sent.add(what, decision, circuit.now());
        return decision;
    }

    /** The store has taken a decision made here, by its number, after which there may have been others. */
    void taken(int number, SharedOverride stored) {
        if (!unsent) {
            return;
        }
        if (number == decision) {
            override = stored;
            unsent = false;
        } else {
            override = new SharedOverride(
                    Math.max(stored.version(), override.version()),
                    override.mode(),
                    override.reason(),
                    override.actor(),
                    override.elapsed(),
                    override.remaining());
        }
    }

    /**
     * Takes what the store knows, unless what it has yet to be told was decided later.
     *
     * @return whether the store has lost what this instance knows: an override, or the end of one that is back
     */
    boolean follow(@Nullable SharedOverride stored) {
        if (unsent && (stored == null || isNoNews(stored))) {
            return false;
        }
        long version = stored == null ? 0 : stored.version();
        if (stored != null && version > override.version()) {
            if (isOursAgain(stored)) {
                override = stored;
            } else {
                apply(stored, false);
            }
        }
        boolean holds = phase != null || (stored != null && stored.mode() != Mode.NONE);
        return !unsent && version < override.version() && holds;
    }

    /* It was decided here, or before what the store has yet to be told. */
    private boolean isNoNews(SharedOverride stored) {
        int number = sent.decisionOf(stored, circuit.now());
        if (number > 0) {
            taken(number, stored);
            return true;
        }
        return stored.elapsed().toNanos() >= circuit.now() - since;
    }

    /* What was decided here last may have been sent twice, before the first answer came. */
    private boolean isOursAgain(SharedOverride stored) {
        return ours && sent.decisionOf(stored, circuit.now()) == decision;
    }

    private void apply(SharedOverride next, boolean here) {
        override = next;
        since = circuit.now() - next.elapsed().toNanos();
        Duration ttl = next.remaining();
        until = ttl == null ? null : circuit.deadlineIn(ttl.toNanos());
        phase = phase(next.mode());
        lookAgainIn(phase == null ? null : ttl);
        unsent = here;
        if (!here) {
            sent.clear();
        }
        ours = here;
        circuit.phases().refresh();
    }

    private void lookAgainIn(@Nullable Duration left) {
        if (expiry != null) {
            expiry.cancel();
        }
        expiry = left == null
                ? null
                : circuit.lastingTimers().after(left.toNanos(), () -> circuit.exclusively(this::expire));
    }

    /*
     * Its version stays, and if the store has yet to be told of it, it is told of its end. The time may not be up: the timer of an
     * earlier override may still come, and a ticker may be slower.
     */
    private void expire() {
        if (phase == null || until == null) {
            return;
        }
        long left = until.nanosLeft();
        if (left > 0) {
            lookAgainIn(Duration.ofNanos(left));
            return;
        }
        phase = null;
        circuit.phases().refresh();
    }

    private @Nullable Phase phase(Mode mode) {
        return switch (mode) {
            case NONE -> null;
            case FORCED_OPEN -> new ForcedOpenPhase(circuit, until);
            case DISABLED -> new DisabledPhase(circuit);
            case METRICS_ONLY -> new ClosedPhase(circuit, BreakerState.METRICS_ONLY, BreakerScope.CLUSTER);
        };
    }

    /** Why the visible state is what it is, in words. */
    String cause() {
        String what = override.mode() == Mode.NONE ? "released" : "override";
        String end = phase == null && override.mode() != Mode.NONE ? " expired" : lasting(override.remaining());
        return what + by(override.actor()) + end + (override.reason().isBlank() ? "" : ": " + override.reason());
    }

    private static String lasting(@Nullable Duration ttl) {
        return ttl == null ? "" : " for " + ttl.toMillis() + " ms";
    }

    private static String by(String actor) {
        return actor.isBlank() ? "" : " by " + actor;
    }

    /** The override with its times as of now, for the store. */
    SharedOverride now() {
        return new SharedOverride(
                override.version(),
                phase == null ? Mode.NONE : override.mode(),
                override.reason(),
                override.actor(),
                Duration.ofNanos(circuit.now() - since),
                expiresIn());
    }

    private @Nullable Duration expiresIn() {
        return until == null || phase == null ? null : until.left();
    }

    BreakerSnapshot.@Nullable ActiveOverride snapshot() {
        Phase active = phase;
        return active == null
                ? null
                : new BreakerSnapshot.ActiveOverride(
                        active.state(),
                        override.reason(),
                        override.actor(),
                        Duration.ofNanos(circuit.now() - since),
                        expiresIn());
    }
}
