package dev.breaker;

import org.jspecify.annotations.Nullable;

/** Override: rejects every call. */
final class ForcedOpenPhase extends Phase {

    ForcedOpenPhase(Circuit circuit) {
        super(circuit);
    }

    @Override
    BreakerState state() {
        return BreakerState.FORCED_OPEN;
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.CLUSTER;
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        return null;
    }

    @Override
    long retryAfterNanos() {
        return circuit.overrides().expiryNanos();
    }
}
