package dev.breaker;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that moves only when told to, for tests of code that uses circuit breakers.
 *
 * <p>A registry built with it starts no threads: its timers and its synchronisation run inside {@link #advance}, in the order
 * in which they are due, with the clock standing at the time of each. Safe for use by many threads, though a test is
 * repeatable only if a single one advances the clock. The idea is that of Micrometer's {@code MockClock}.
 */
public final class ManualTicker implements Ticker {

    private record Due(long at, long order, Runnable task) {}

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private volatile long now;
    private long scheduled;

    /** Starts at zero. */
    public ManualTicker() {}

    @Override
    public long read() {
        return now;
    }

    /**
     * Moves the clock on and runs what becomes due on the way.
     *
     * @param time how far; zero runs what is due now
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("Invalid time (" + time + "): must not be negative.");
        }
        long target = now + time.toNanos();
        for (Runnable task; (task = next(target)) != null; ) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next(long target) {
        Due due = queue.peek();
        if (due == null || due.at > target) {
            now = Math.max(now, target);
            return null;
        }
        queue.remove();
        now = Math.max(now, due.at);
        return due.task;
    }

    private synchronized Timers.Task schedule(long nanos, Runnable task) {
        Due due = new Due(Math.addExact(now, Math.min(nanos, Long.MAX_VALUE / 2)), scheduled++, task);
        queue.add(due);
        return () -> cancel(due);
    }

    private synchronized void cancel(Due due) {
        queue.remove(due);
    }

    /** Timers that this clock drives; what should run soon runs at once, in the thread that asks. */
    Timers timers() {
        return new Timers() {
            private volatile boolean stopped;

            @Override
            public Task after(long nanos, Runnable task) {
                return schedule(Math.max(0, nanos), () -> soon(task));
            }

            @Override
            public void soon(Runnable task) {
                if (!stopped) {
                    task.run();
                }
            }

            @Override
            public void stop() {
                stopped = true;
            }

            @Override
            public boolean isStopped() {
                return stopped;
            }
        };
    }
}
