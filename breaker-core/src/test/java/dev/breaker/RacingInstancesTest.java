package dev.breaker;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two instances, each with a thread of its own. A cluster is not linearizable: an instance may deny a probe because it was
 * denied one before, or decide by a state that another has just left. What holds at every moment is safety: no more probes
 * out than a stay permits (G4), and each stay announced once (G6).
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class RacingInstancesTest {

    private static final int PERMITTED = 2;
    private static final Duration WAIT = Duration.ofMillis(10);

    private final Cluster cluster = new Cluster(
            2,
            BreakerConfig.builder()
                    .consecutiveFailureThreshold(1)
                    .permittedNumberOfCallsInHalfOpenState(PERMITTED)
                    .waitDurationInOpenState(WAIT)
                    .halfOpenAcquireTimeout(Duration.ZERO));
    private final @Nullable Permit[] held = new Permit[4];
    private final Map<Long, AtomicInteger> out = new ConcurrentHashMap<>();

    /** Whether there are too many probes out: counted when it is out already, and until it is about to be given back. */
    @Operation(params = "thread")
    public boolean acquire(int thread) {
        giveBack(thread);
        Permit permit = cluster.node(thread % 2).breaker.tryAcquire();
        held[thread] = permit;
        return permit instanceof ProbeLeases.Probe probe && probesOf(probe).incrementAndGet() > PERMITTED;
    }

    private AtomicInteger probesOf(ProbeLeases.Probe probe) {
        return out.computeIfAbsent(probe.epoch(), stay -> new AtomicInteger());
    }

    @Operation(params = "thread")
    public void success(int thread) {
        Permit permit = held[thread];
        if (permit != null) {
            held[thread] = null;
            permit.success(0);
        }
    }

    @Operation(params = "thread")
    public void failure(int thread) {
        Permit permit = held[thread];
        if (permit != null) {
            held[thread] = null;
            permit.failure(new IOException("down"), 0);
        }
    }

    @Operation(params = "thread")
    public void giveBack(int thread) {
        Permit permit = held[thread];
        if (permit != null) {
            held[thread] = null;
            if (permit instanceof ProbeLeases.Probe probe) {
                probesOf(probe).decrementAndGet();
            }
            permit.ignore();
        }
    }

    @Operation(nonParallelGroup = "clock")
    public void waits() {
        cluster.after(WAIT);
    }

    @Validate
    public void announcesNoStayTwice() {
        Set<Long> epochs = new HashSet<>();
        for (BreakerEvent.Transition event : cluster.announced()) {
            if (event.epoch() > 0 && !epochs.add(event.epoch())) {
                throw new IllegalStateException("announced twice: " + event);
            }
        }
    }

    @Test
    void areSafeInChosenSchedules() {
        Schedules.chosen(Sequential.class).check(getClass());
    }

    @Test
    void areSafeOnRealThreads() {
        Schedules.real(Sequential.class).check(getClass());
    }

    /** Never too many. */
    public static final class Sequential {

        public boolean acquire(int thread) {
            return false;
        }

        public void success(int thread) {}

        public void failure(int thread) {}

        public void giveBack(int thread) {}

        public void waits() {}
    }
}
