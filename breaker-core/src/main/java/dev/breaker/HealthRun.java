package dev.breaker;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to find out whether the partner is back: from the question who may, to the end of its thread. Its fields are used
 * under the circuit's lock.
 */
final class HealthRun {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /**
     * What came of a check.
     *
     * @param problem class and message of what it threw, null if it succeeded
     * @param retryAfter for how long the partner asks to be left alone, null if it does not
     */
    record Finding(@Nullable String problem, @Nullable Duration retryAfter) {}

    final OpenPhase phase;
    final long began;
    /** When the check has taken too long. */
    final long deadline;
    /** The lease, while the cluster's stay is probed; null when this instance alone decides. */
    @Nullable
    String lease;
    /** The stay that the lease belongs to, once it is granted. */
    long epoch;

    /** Whether the store has not said yet who may. */
    boolean asking;
    /** Whether something has come of it; nothing that comes later counts. */
    boolean settled;

    private boolean complained;
    private final Outcomes outcomes;
    private final FutureTask<Boolean> task;

    /**
     * @param limit nanoseconds that the check may take
     */
    HealthRun(OpenPhase phase, long began, long limit, HealthProbe probe, Outcomes outcomes) {
        this.phase = phase;
        this.began = began;
        this.deadline = began + limit;
        this.outcomes = outcomes;
        this.task = new FutureTask<>(() -> {
            probe.check();
            return true;
        });
    }

    /** Runs the check in this thread and tells what came of it once the thread is free again. */
    void run(Consumer<Finding> end) {
        task.run();
        Finding finding = finding();
        if (task.isCancelled()) {
            /* The interruption was for the check. It has been delivered: run() waits for that. */
            boolean unused = Thread.interrupted();
        }
        end.accept(finding);
    }

    private Finding finding() {
        try {
            task.get();
            return new Finding(null, null);
        } catch (ExecutionException failed) {
            Throwable thrown = failed.getCause() == null ? failed : failed.getCause();
            outcomes.remember(thrown, phase.circuit.now());
            return new Finding(Calls.describe(thrown), outcomes.retryAfter(thrown));
        } catch (CancellationException | InterruptedException stopped) {
            return new Finding("interrupted", null);
        }
    }

    /** Says once that it does not end, if its stay is over. */
    void complain() {
        if (!complained && !phase.circuit.isIn(phase)) {
            complained = true;
            phase.circuit.effect(() -> log.warn(
                    "The health probe of circuit breaker '{}' does not end although it was interrupted, so this instance"
                            + " cannot probe again; give the check a time-out of its own",
                    phase.circuit.name()));
        }
    }

    /** Interrupts the check, or keeps it from starting. */
    void interrupt() {
        task.cancel(true);
    }
}
