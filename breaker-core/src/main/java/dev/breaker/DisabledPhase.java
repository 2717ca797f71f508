package dev.breaker;

import org.jspecify.annotations.Nullable;

/** Override: admits every call and counts it nowhere but in the totals. */
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
        Outcome outcome = circuit.outcomes().classify(result, thrown);
        circuit.outcomes().count(outcome, nanos);
        return outcome;
    }

    @Override
    public void success(long nanos) {
        circuit.outcomes().count(Outcome.SUCCESS, nanos);
    }

    @Override
    public void failure(Throwable cause, long nanos) {
        circuit.outcomes().count(Outcome.FAILURE, nanos);
    }

    @Override
    public void ignore() {
        circuit.outcomes().count(Outcome.IGNORED, 0);
    }
}
