package dev.breaker;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of one circuit, whatever phases they belong to. Safe for use by many threads.
 *
 * <p>What quick calls count has a {@link LongAdder}, as threads would wait for each other otherwise. Calls that fail or are slow
 * take too long for that, so a number does, in a quarter of the memory.
 */
final class CallCounts {

    private static final AtomicLongFieldUpdater<CallCounts> FAILURES =
            AtomicLongFieldUpdater.newUpdater(CallCounts.class, "failures");
    private static final AtomicLongFieldUpdater<CallCounts> FAILURE_NANOS =
            AtomicLongFieldUpdater.newUpdater(CallCounts.class, "failureNanos");
    private static final AtomicLongFieldUpdater<CallCounts> IGNORED =
            AtomicLongFieldUpdater.newUpdater(CallCounts.class, "ignored");
    private static final AtomicLongFieldUpdater<CallCounts> SLOW =
            AtomicLongFieldUpdater.newUpdater(CallCounts.class, "slow");

    final QuickSuccesses quickSuccesses = new QuickSuccesses();
    final LongAdder otherSuccesses = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final LongAdder successNanos = new LongAdder();
    private volatile long failures;
    private volatile long failureNanos;
    private volatile long ignored;
    private volatile long slow;

    void failed(long nanos) {
        FAILURES.incrementAndGet(this);
        if (nanos != 0) {
            FAILURE_NANOS.addAndGet(this, nanos);
        }
    }

    void ignored() {
        IGNORED.incrementAndGet(this);
    }

    void slow() {
        SLOW.incrementAndGet(this);
    }

    BreakerTotals totals() {
        return new BreakerTotals(
                quickSuccesses.sum() + otherSuccesses.sum(),
                failures,
                ignored,
                slow,
                rejected.sum(),
                fallbacks.sum(),
                successNanos.sum(),
                failureNanos);
    }

    /** A number that grows with every call that ended or was rejected. */
    long activity() {
        return quickSuccesses.sum() + otherSuccesses.sum() + failures + ignored + rejected.sum();
    }
}
