package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The permit of one probe; reports once and ignores every further completion. */
abstract class ProbePermit implements Permit {

    private final Circuit circuit;
    private final AtomicBoolean completed = new AtomicBoolean();

    ProbePermit(Circuit circuit) {
        this.circuit = circuit;
    }

    /** Whether the stay that this permit belongs to still lasts. */
    abstract boolean isCurrent();

    /** Takes the outcome to where the permit came from. */
    abstract void report(ProbeOutcome outcome);

    @Override
    public final Outcome complete(@Nullable Object result, @Nullable Throwable thrown, long nanos) {
        Outcome outcome = circuit.outcomes().classify(result, thrown);
        switch (outcome) {
            case SUCCESS -> success(nanos);
            case FAILURE -> failed(thrown, nanos);
            case IGNORED -> ignored(thrown, nanos);
        }
        return outcome;
    }

    @Override
    public final void success(long nanos) {
        if (completed.compareAndSet(false, true)) {
            report(circuit.outcomes().isSlow(nanos) ? ProbeOutcome.SLOW_SUCCESS : ProbeOutcome.SUCCESS);
            circuit.outcomes().succeeded(nanos);
        }
    }

    @Override
    public final void failure(Throwable cause, long nanos) {
        failed(cause, nanos);
    }

    private void failed(@Nullable Throwable cause, long nanos) {
        if (completed.compareAndSet(false, true)) {
            circuit.outcomes().remember(cause, circuit.now());
            Duration asked = circuit.outcomes().retryAfter(cause);
            boolean slow = circuit.outcomes().isSlow(nanos);
            if (asked != null && isCurrent()) {
                circuit.transitions().reopenFor(asked, this, slow);
            } else {
                report(slow ? ProbeOutcome.SLOW_FAILURE : ProbeOutcome.FAILURE);
            }
            circuit.outcomes().failed(cause, nanos);
        }
    }

    @Override
    public final void ignore() {
        ignored(null, 0);
    }

    private void ignored(@Nullable Throwable cause, long nanos) {
        if (completed.compareAndSet(false, true)) {
            report(ProbeOutcome.RETURNED);
            circuit.outcomes().ignored(cause, nanos);
        }
    }
}
