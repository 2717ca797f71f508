package dev.breaker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one circuit, whatever phases they belong to. Safe for use by many threads. */
final class CallCounts {

    private final QuickSuccesses automatic = new QuickSuccesses();
    private final QuickSuccesses overriding = new QuickSuccesses();

    final LongAdder otherSuccesses = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder ignored = new LongAdder();
    final LongAdder slow = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final LongAdder successNanos = new LongAdder();
    final LongAdder failureNanos = new LongAdder();

    /** The counter of a phase that begins, be it the automatic one or an operator's. */
    LongAdder newQuickSuccesses(BreakerState state) {
        return (state == BreakerState.CLOSED ? automatic : overriding).next();
    }

    private long allQuickSuccesses() {
        return automatic.sum() + overriding.sum();
    }

    BreakerTotals totals() {
        return new BreakerTotals(
                allQuickSuccesses() + otherSuccesses.sum(),
                failures.sum(),
                ignored.sum(),
                slow.sum(),
                rejected.sum(),
                fallbacks.sum(),
                successNanos.sum(),
                failureNanos.sum());
    }

    /** A number that changes with every call that is counted. */
    long activity() {
        return allQuickSuccesses() + otherSuccesses.sum() + failures.sum() + ignored.sum() + rejected.sum();
    }

    /*
     * A closed phase counts its quick successes itself, so that the common call increments one counter and not two. Some of
     * them end when their phase is over already, so the counters of the last phases are read on. What ends four closed phases
     * later is not counted.
     */
    private static final class QuickSuccesses {

        private static final int STILL_READ = 4;

        private final Deque<LongAdder> counters = new ArrayDeque<>(STILL_READ);
        private long earlier;

        synchronized LongAdder next() {
            if (counters.size() == STILL_READ) {
                earlier += counters.remove().sum();
            }
            LongAdder counter = new LongAdder();
            counters.add(counter);
            return counter;
        }

        synchronized long sum() {
            long sum = earlier;
            for (LongAdder counter : counters) {
                sum += counter.sum();
            }
            return sum;
        }
    }
}
