package dev.breaker;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Half-open in the whole cluster: the store leases the probes. */
final class SharedHalfOpenPhase extends Phase {

    private final long limit;
    private final int opens;
    private Timers.@Nullable Task timer;

    /**
     * @param limit nanoseconds that the stay may last, zero for ever
     * @param opens how many times in a row the circuit has opened
     */
    SharedHalfOpenPhase(Circuit circuit, long limit, int opens) {
        super(circuit);
        this.limit = limit;
        this.opens = opens;
    }

    @Override
    BreakerState state() {
        return BreakerState.HALF_OPEN;
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.CLUSTER;
    }

    int opens() {
        return opens;
    }

    @Override
    void begin() {
        if (limit > 0) {
            timer = circuit.timers().after(limit, () -> circuit.giveUpHalfOpen(this));
        }
    }

    @Override
    void end() {
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        return circuit.probe(this);
    }

    @Override
    CompletionStage<@Nullable Permit> tryAcquireAsync() {
        return circuit.probeAsync(this);
    }
}
