package dev.breaker;

import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one circuit, whatever phases they belong to. Safe for use by many threads. */
final class CallCounts {

    final QuickSuccesses quickSuccesses = new QuickSuccesses();
    final LongAdder otherSuccesses = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder ignored = new LongAdder();
    final LongAdder slow = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final LongAdder successNanos = new LongAdder();
    final LongAdder failureNanos = new LongAdder();

    BreakerTotals totals() {
        return new BreakerTotals(
                quickSuccesses.sum() + otherSuccesses.sum(),
                failures.sum(),
                ignored.sum(),
                slow.sum(),
                rejected.sum(),
                fallbacks.sum(),
                successNanos.sum(),
                failureNanos.sum());
    }

    /** A number that grows with every call that ended or was rejected. */
    long activity() {
        return quickSuccesses.sum() + otherSuccesses.sum() + failures.sum() + ignored.sum() + rejected.sum();
    }
}
