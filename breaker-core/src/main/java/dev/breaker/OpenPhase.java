package dev.breaker;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Rejects every call until the wait is over, without reading a clock: a timer says when. Then the next call asks the circuit
 * for a probe, unless a {@link HealthProbe} is made in the background.
 */
final class OpenPhase extends Phase {

    private final BreakerScope scope;
    private final Deadline deadline;
    private final int opens;
    private final Tally before;
    private Timers.@Nullable Task timer;
    private volatile boolean due;

    /**
     * @param wait nanoseconds until probes may be made
     * @param opens how many times in a row the circuit has opened
     * @param before what was counted in the phase that ends, for those who look
     */
    OpenPhase(Circuit circuit, BreakerScope scope, long wait, int opens, Tally before) {
        super(circuit);
        this.scope = scope;
        this.deadline = circuit.deadlineIn(wait);
        this.opens = opens;
        this.before = before;
    }

    @Override
    BreakerState state() {
        return BreakerState.OPEN;
    }

    @Override
    BreakerScope scope() {
        return scope;
    }

    @Override
    int opens() {
        return opens;
    }

    /** What it was opened with: nothing is counted here. */
    @Override
    Tally tally(long now) {
        return before;
    }

    /* After the end of the registry no timer will say so. */
    boolean isDue() {
        return due || (circuit.timers().isStopped() && deadline.nanosLeft() == 0);
    }

    @Override
    void begin() {
        timer = circuit.timers().after(deadline.nanosLeft(), () -> {
            due = true;
            circuit.transitions().waitIsOver(this);
        });
    }

    @Override
    void end() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Whether calls serve as probes: the wait is over, and there is no probe in the background. */
    boolean admitsProbes() {
        return isDue() && !circuit.healthProbes().replaceCallsIn(this);
    }

    /** Whether a probe in the background decides what comes next, nobody knows when. */
    boolean awaitsHealthProbe() {
        return due && circuit.healthProbes().replaceCallsIn(this);
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        return admitsProbes() ? circuit.admission().probe(this) : null;
    }

    @Override
    CompletionStage<@Nullable Permit> tryAcquireAsync() {
        return admitsProbes() ? circuit.admission().probeAsync(this) : super.tryAcquireAsync();
    }

    @Override
    Deadline deadline() {
        return deadline;
    }
}
