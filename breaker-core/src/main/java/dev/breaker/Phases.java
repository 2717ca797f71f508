package dev.breaker;

import dev.breaker.shared.SharedState.Kind;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The phases of one circuit: the automatic one, and the one that decides about calls, which is the override's if there is one
 * and the automatic one if not. Used under the circuit's lock, but for {@link #current()}.
 */
final class Phases {

    private final Circuit circuit;
    private final OverrideLayer overrides;
    private final Announcer announcer;
    /* The phase that the circuit starts in, unless that is CLOSED. */
    private final @Nullable Phase initial;

    private volatile Phase current;
    private Phase automatic;
    private String cause;

    Phases(Circuit circuit, OverrideLayer overrides, Listeners listeners) {
        this.circuit = circuit;
        this.overrides = overrides;
        this.initial = InitialState.phase(circuit);
        this.automatic = initial == null ? closed() : initial;
        Phase override = overrides.phase();
        this.current = override == null ? automatic : override;
        this.announcer = new Announcer(circuit, listeners, current.state());
        this.cause = initial == null ? "" : InitialState.CAUSE;
    }

    /** The phase that decides about calls. Takes no lock. */
    Phase current() {
        return current;
    }

    Phase automatic() {
        return automatic;
    }

    /** Why the automatic phase began. */
    String cause() {
        return cause;
    }

    Announcer announcer() {
        return announcer;
    }

    /** Whether the automatic state is hidden by an override. */
    boolean areOverridden() {
        return current != automatic;
    }

    /** Whether this instance is still in the state that it started in, and that is not CLOSED. */
    boolean areInitial() {
        return automatic == initial;
    }

    /** A CLOSED phase, of the cluster if that is CLOSED too, or else of this instance alone. */
    ClosedPhase closed() {
        Sharing sharing = circuit.sharing();
        boolean together = sharing != null && sharing.known().kind() == Kind.CLOSED;
        return new ClosedPhase(circuit, together ? BreakerScope.CLUSTER : BreakerScope.INSTANCE);
    }

    /** Ends the automatic phase and begins another one, without telling anybody. */
    void begin(Phase next, String why) {
        automatic.end();
        automatic = next;
        cause = why;
        announcer.drop();
        circuit.ifShared(sharing -> sharing.leases().clear());
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

    /** Tells of the state that decides now. */
    void announce(String why, BreakerScope scope, long epoch, boolean ours) {
        announcer.announce(current.state(), why, scope, epoch, ours);
    }

    /** Counts the quick successes since the last time, here and for the store. */
    void fold(long now) {
        if (automatic instanceof ClosedPhase closed) {
            long since = closed.foldedAt();
            int fresh = closed.fold(now);
            if (fresh > 0) {
                circuit.ifShared(sharing -> sharing.addSuccesses(now, since, fresh));
            }
        }
        if (areOverridden() && current instanceof ClosedPhase metricsOnly) {
            metricsOnly.fold(now);
        }
    }

    /** Gives the windows the shape that they have by now. */
    void reshape(long now) {
        Stream.of(automatic, current).forEach(phase -> phase.reshape(now));
    }
}
