package dev.breaker.bench;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Makes calls at a steady rate from one thread, each of a circuit chosen at random, and in bursts of a millisecond. */
final class PacedCalls implements AutoCloseable {

    private static final long BURST = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MOST_FAILURES = 45;

    private final List<Breaker> circuits;
    private final RedisPoint point;
    private final int[] calls;
    private final int[] failures;
    private final IOException failure = new IOException("down");
    private final SplittableRandom random = new SplittableRandom(1);
    private final Thread thread = new Thread(this::run, "bench-calls");
    private volatile boolean ended;
    private volatile long made;

    /**
     * @param circuits the circuits of all instances
     */
    PacedCalls(List<Breaker> circuits, RedisPoint point) {
        this.circuits = circuits;
        this.point = point;
        this.calls = new int[circuits.size()];
        this.failures = new int[circuits.size()];
    }

    PacedCalls start() {
        thread.start();
        return this;
    }

    /** Calls so far. */
    long made() {
        return made;
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long began = System.nanoTime();
        long done = 0;
        while (!ended) {
            long due = (long) ((System.nanoTime() - began) / 1e9 * point.callsPerSecond());
            for (; done < due; done++) {
                call(random.nextInt(calls.length));
            }
            made = done;
            LockSupport.parkNanos(BURST);
        }
    }

    private void call(int circuit) {
        Permit permit = circuits.get(circuit).tryAcquire();
        if (permit == null) {
            return;
        }
        calls[circuit]++;
        if (random.nextInt(100) < point.behaviour().failurePercent() && isBelowThreshold(circuit)) {
            failures[circuit]++;
            permit.failure(failure, 0);
        } else {
            permit.success(0);
        }
    }

    /* Not even by chance does a circuit open that has had few calls. */
    private boolean isBelowThreshold(int circuit) {
        return 100 * (failures[circuit] + 1) < MOST_FAILURES * calls[circuit];
    }
}
