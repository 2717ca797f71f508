package dev.breaker;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers on one daemon thread. */
final class DaemonTimers implements Timers {

    private static final Logger log = LoggerFactory.getLogger(DaemonTimers.class);
    private static final Task NOTHING = () -> {};

    private final ScheduledThreadPoolExecutor executor;

    /**
     * @param finishes whether what is due still runs after {@link #stop()}
     */
    DaemonTimers(String threadName, boolean finishes) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = Executors.defaultThreadFactory().newThread(task);
            thread.setName(threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(finishes);
    }

    @Override
    public Task after(long nanos, Runnable task) {
        try {
            ScheduledFuture<?> scheduled = executor.schedule(guarded(task), nanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException stopped) {
            log.debug("A timer was set after shutdown", stopped);
            return NOTHING;
        }
    }

    @Override
    public void soon(Runnable task) {
        after(0, task);
    }

    @Override
    public void stop() {
        executor.shutdown();
    }

    @Override
    public boolean isStopped() {
        return executor.isShutdown();
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error fault) {
                log.error("A background task of the circuit breakers failed", fault);
            }
        };
    }
}
