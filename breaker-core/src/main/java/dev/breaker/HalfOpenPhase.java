package dev.breaker;

import dev.breaker.shared.Probes;
import org.jspecify.annotations.Nullable;

/** Makes a few probes and rejects all other calls, for a limited time if so configured. */
abstract sealed class HalfOpenPhase extends Phase permits LocalHalfOpenPhase, SharedHalfOpenPhase {

    private final long limit;
    private final int opens;
    private Timers.@Nullable Task timer;

    /**
     * @param limit nanoseconds that the stay may last, zero for ever
     * @param opens how many times in a row the circuit has opened
     */
    HalfOpenPhase(Circuit circuit, long limit, int opens) {
        super(circuit);
        this.limit = limit;
        this.opens = opens;
    }

    /** The probes of this stay, as far as this instance knows. */
    abstract Probes probes();

    /** Why probes close a circuit, in words. */
    static String succeeded(Probes probes) {
        return probes.successes() + " of " + (probes.successes() + probes.failures()) + " probes succeeded";
    }

    /** Why probes open a circuit again, in words. */
    static String failed(Probes probes) {
        return probes.failures() + " of " + (probes.successes() + probes.failures()) + " probes failed"
                + (probes.slow() == 0 ? "" : ", " + probes.slow() + " slow");
    }

    @Override
    final BreakerState state() {
        return BreakerState.HALF_OPEN;
    }

    @Override
    final int opens() {
        return opens;
    }

    @Override
    final void begin() {
        if (limit > 0) {
            timer = circuit.timers().after(limit, () -> circuit.transitions().giveUpHalfOpen(this));
        }
    }

    @Override
    final void end() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
