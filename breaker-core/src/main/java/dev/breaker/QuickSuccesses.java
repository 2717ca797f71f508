package dev.breaker;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

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

        private Counter(ClosedPhase phase) {
            super(phase);
        }
    }

    private final List<Counter> counters = new ArrayList<>(2);
    private long settled;

    /** The counter of a phase that begins. */
    synchronized LongAdder counterOf(ClosedPhase phase) {
        settle();
        Counter counter = new Counter(phase);
        counters.add(counter);
        return counter.count;
    }

    private void settle() {
        for (Iterator<Counter> all = counters.iterator(); all.hasNext(); ) {
            Counter counter = all.next();
            if (counter.get() == null) {
                settled += counter.count.sum();
                all.remove();
            }
        }
    }

    synchronized long sum() {
        long sum = settled;
        for (Counter counter : counters) {
            sum += counter.count.sum();
        }
        return sum;
    }
}
