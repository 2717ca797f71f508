package dev.breaker;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a circuit starts in, as long as the cluster knows nothing else about it.
 *
 * <p>OPEN and HALF_OPEN hold on this instance from its first call on and are proposed to a store whose epoch is 0. The others
 * are an override of version 0, which the store is never told and any override that it knows replaces.
 */
final class InitialState {

    static final String CAUSE = "initial state";

    private InitialState() {}

    /** The automatic phase to start in; null for CLOSED. */
    static @Nullable Phase phase(Circuit circuit) {
        return switch (circuit.config().initialState()) {
            case OPEN ->
                new OpenPhase(
                        circuit, BreakerScope.INSTANCE, circuit.rules().waits().nanos(1), 1, Tally.NONE);
            case HALF_OPEN -> new LocalHalfOpenPhase(circuit, 0);
            case CLOSED, FORCED_OPEN, DISABLED, METRICS_ONLY -> null;
        };
    }

    /** Proposes the phase that the circuit started in as the state of the whole cluster. */
    static void propose(Circuit circuit, Sharing sharing) {
        Phase phase = circuit.phases().automatic();
        if (phase instanceof OpenPhase open) {
            sharing.propose(Kind.OPEN, open.deadline().nanosLeft(), open.opens(), CAUSE);
        } else {
            long limit = circuit.config().maxWaitDurationInHalfOpenState().toNanos();
            sharing.propose(Kind.HALF_OPEN, limit, phase.opens(), CAUSE);
        }
    }

    static SharedOverride override(BreakerState state) {
        Mode mode = switch (state) {
            case FORCED_OPEN -> Mode.FORCED_OPEN;
            case DISABLED -> Mode.DISABLED;
            case METRICS_ONLY -> Mode.METRICS_ONLY;
            case CLOSED, OPEN, HALF_OPEN -> Mode.NONE;
        };
        boolean none = mode == Mode.NONE;
        return new SharedOverride(0, mode, none ? "" : CAUSE, none ? "" : "configuration", Duration.ZERO, null);
    }
}
