package dev.breaker;

import org.jspecify.annotations.Nullable;

/** Override: rejects every call. */
final class ForcedOpenPhase extends Phase {

    private final @Nullable Deadline expiry;

    ForcedOpenPhase(Circuit circuit, @Nullable Deadline expiry) {
        super(circuit);
        this.expiry = expiry;
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
    @Nullable
    Deadline deadline() {
        return expiry;
    }
}
