package dev.breaker;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the health probes of a registry run: on a few daemon threads that are started when needed. A place is reserved before a
 * probe is elected, so a probe that is elected starts at once and none waits behind those that hang. Safe for use by many
 * threads.
 */
final class ProbeThreads {

    private static final Logger log = LoggerFactory.getLogger(ProbeThreads.class);
    private static final int MOST = 8;

    private final Semaphore places = new Semaphore(MOST);
    private final Executor executor;
    private final Runnable stop;

    private ProbeThreads(Executor executor, Runnable stop) {
        this.executor = executor;
        this.stop = stop;
    }

    /** Threads that end when they have had nothing to do for a while. */
    static ProbeThreads daemons() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "breaker-health-probe");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return new ProbeThreads(pool, pool::shutdownNow);
    }

    /** No threads: probes run when the timers do. */
    static ProbeThreads on(Timers timers) {
        return new ProbeThreads(task -> timers.after(0, task), () -> {});
    }

    /** Takes a place; false if all are taken. */
    boolean reserve() {
        return places.tryAcquire();
    }

    /** Gives a place back. */
    void release() {
        places.release();
    }

    /** Runs what a place was reserved for. */
    void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException stopped) {
            log.debug("A health probe was due after shutdown", stopped);
        }
    }

    /** Interrupts what runs and starts nothing any more. */
    void stop() {
        stop.run();
    }
}
