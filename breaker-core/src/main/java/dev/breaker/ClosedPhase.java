package dev.breaker;

import dev.breaker.shared.WindowSpec;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Admits every call and counts it; also serves as METRICS_ONLY, which counts without consequences.
 *
 * <p>The phase itself is the permit of all its calls. A quick success, the common case, touches nothing but a striped counter.
 * Everything else takes the circuit's lock, reads the clock and first folds the successes counted since then into the window.
 */
final class ClosedPhase extends Phase implements Permit {

    private final BreakerState state;
    private final BreakerScope scope;
    private final LongAdder successes;
    private long folded;
    private long foldedAt;
    private Recorded recorded;

    ClosedPhase(Circuit circuit, BreakerScope scope) {
        this(circuit, BreakerState.CLOSED, scope);
    }

    ClosedPhase(Circuit circuit, BreakerState state, BreakerScope scope) {
        super(circuit);
        this.state = state;
        this.scope = scope;
        this.recorded = new Recorded(circuit.rules().window());
        this.foldedAt = circuit.now();
        this.successes = circuit.outcomes().counts().quickSuccesses.counterOf(this);
    }

    @Override
    BreakerState state() {
        return state;
    }

    @Override
    BreakerScope scope() {
        return scope;
    }

    @Override
    Permit tryAcquire() {
        return this;
    }

    @Override
    public Outcome complete(@Nullable Object result, @Nullable Throwable thrown, long nanos) {
        Outcome outcome = circuit.outcomes().classify(result, thrown);
        switch (outcome) {
            case SUCCESS -> success(nanos);
            case FAILURE -> failed(thrown, nanos);
            case IGNORED -> circuit.outcomes().ignored(thrown, nanos);
        }
        return outcome;
    }

    @Override
    public void success(long nanos) {
        if (circuit.outcomes().isSlow(nanos)) {
            circuit.openings().recorded(this, false, true, null);
            circuit.outcomes().succeeded(nanos);
        } else {
            successes.increment();
            circuit.outcomes().quicklySucceeded(nanos);
        }
    }

    @Override
    public void failure(Throwable cause, long nanos) {
        failed(cause, nanos);
    }

    private void failed(@Nullable Throwable cause, long nanos) {
        circuit.openings().recorded(this, true, circuit.outcomes().isSlow(nanos), cause);
        circuit.outcomes().failed(cause, nanos);
    }

    @Override
    public void ignore() {
        circuit.outcomes().ignored(null, 0);
    }

    /** Adds one outcome; under the circuit's lock. */
    void add(long now, boolean failure, boolean slow) {
        recorded.add(now, failure, slow);
    }

    /** Moves successes counted since the last time into the window and returns how many; under the circuit's lock. */
    int fold(long now) {
        long total = successes.sum();
        int fresh = (int) Math.min(Integer.MAX_VALUE, total - folded);
        if (fresh > 0) {
            folded += fresh;
            recorded.addSuccesses(now, foldedAt, fresh);
        }
        foldedAt = now;
        return fresh;
    }

    /** When {@link #fold} was last called: what it finds next has happened since. */
    long foldedAt() {
        return foldedAt;
    }

    @Override
    Tally tally(long now) {
        return recorded.onTopOf(Tally.NONE, now);
    }

    /** What this instance has recorded in this phase; under the circuit's lock. */
    Recorded recorded() {
        return recorded;
    }

    @Override
    void reshape(long now) {
        WindowSpec shape = circuit.rules().window();
        if (!shape.equals(recorded.shape())) {
            recorded = Recorded.in(shape, now, recorded);
        }
    }

    /* An opening that is taken back ends where this phase was, and the shape may have changed meanwhile. */
    @Override
    void begin() {
        reshape(circuit.now());
    }
}
