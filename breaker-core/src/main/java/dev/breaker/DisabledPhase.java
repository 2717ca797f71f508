package dev.breaker;

import org.jspecify.annotations.Nullable;

/** Override: admits every call and counts nothing. */
final class DisabledPhase extends Phase implements Permit {

    DisabledPhase(Circuit circuit) {
        super(circuit);
    }

    @Override
    BreakerState state() {
        return BreakerState.DISABLED;
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.CLUSTER;
    }

    @Override
    Permit tryAcquire() {
        return this;
    }

    @Override
    public Outcome complete(@Nullable Object result, @Nullable Throwable thrown, long nanos) {
        return circuit.outcomes().classify(result, thrown);
    }

    @Override
    public void success(long nanos) {}

    @Override
    public void failure(Throwable cause, long nanos) {}

    @Override
    public void ignore() {}
}
