package dev.breaker;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The successes that closed phases count themselves, so that the common call increments one counter and not two. Safe for
 * use by many threads.
 */
final class QuickSuccesses {

    /*
     * A call may end long after its phase. Its permit is the phase, so a phase that nobody refers to any more counts nothing
     * any more, and only then its counter is settled: no success is lost, and what is kept is bounded by the calls under way.
     */
    private static final class Counter extends WeakReference<ClosedPhase> {

        private final LongAdder count = new LongAdder();
        private @Nullable Counter next;

        private Counter(ClosedPhase phase, @Nullable Counter next) {
            super(phase);
            this.next = next;
        }
    }

    private @Nullable Counter first;
    private long settled;

    /** The counter of a phase that begins. */
    synchronized LongAdder counterOf(ClosedPhase phase) {
        settle();
        Counter counter = new Counter(phase, first);
        first = counter;
        return counter.count;
    }

    private void settle() {
        Counter counter = first;
        first = null;
        while (counter != null) {
            Counter next = counter.next;
            if (counter.get() == null) {
                settled += counter.count.sum();
            } else {
                counter.next = first;
                first = counter;
            }
            counter = next;
        }
    }

    synchronized long sum() {
        long sum = settled;
        for (Counter counter = first; counter != null; counter = counter.next) {
            sum += counter.count.sum();
        }
        return sum;
    }
}
