package dev.breaker;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A circuit without a store is linearizable: whatever its threads do at the same time, admissions, outcomes and counts are
 * those of one thread after the other. That covers the window under the lock, the striped successes that are folded into it,
 * the permits of a half-open stay with their leases, and that a late outcome reaches no later stay.
 *
 * <p>A reader of a striped counter may see the later of two increments and not the earlier one. As increments cannot be told
 * apart and both only add one, that is the count of some moment during the read, so nothing weaker need be asked. It holds
 * while the clock stands still: a success belongs to the moment at which it is folded, up to one tick after it ended.
 *
 * <p>The states are not among the operations: a call that finds the wait over begins the half-open stay in one step and takes
 * its permit in another, between which others see HALF_OPEN.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class LinearizableCircuitTest {

    private static final int THREADS = 4;
    private static final Duration WAIT = Duration.ofMillis(10);

    private final ManualTicker ticker = new ManualTicker();
    private final Breaker breaker = BreakerRegistry.builder()
            .ticker(ticker)
            .configs(any -> BreakerConfig.builder()
                    .consecutiveFailureThreshold(2)
                    .permittedNumberOfCallsInHalfOpenState(2)
                    .waitDurationInOpenState(WAIT)
                    .probeLease(WAIT.multipliedBy(2))
                    .build())
            .build()
            .breaker("partner");
    private final @Nullable Permit[] held = new Permit[THREADS];

    @Operation(params = "thread")
    public String acquire(int thread) {
        Permit permit = breaker.tryAcquire();
        held[thread] = permit;
        return permit == null ? "rejected" : permit instanceof ProbePermit ? "probe" : "call";
    }

    @Operation(params = "thread")
    public void success(int thread) {
        Permit permit = taken(thread);
        if (permit != null) {
            permit.success(0);
        }
    }

    @Operation(params = "thread")
    public void failure(int thread) {
        Permit permit = taken(thread);
        if (permit != null) {
            permit.failure(new IOException("down"), 0);
        }
    }

    @Operation(params = "thread")
    public void ignore(int thread) {
        Permit permit = taken(thread);
        if (permit != null) {
            permit.ignore();
        }
    }

    private @Nullable Permit taken(int thread) {
        Permit permit = held[thread];
        held[thread] = null;
        return permit;
    }

    @Operation(nonParallelGroup = "clock")
    public void waits() {
        ticker.advance(WAIT);
    }

    @Operation
    public String counted() {
        BreakerSnapshot snapshot = breaker.snapshot();
        BreakerSnapshot.Counts counts = snapshot.counts();
        return snapshot.state() == BreakerState.CLOSED
                ? counts.calls() + " calls, " + counts.failures() + " failures, " + counts.consecutiveFailures()
                        + " in a row"
                : "not closed";
    }

    @Test
    void isLinearizableInChosenSchedules() {
        Schedules.chosen(Sequential.class).check(getClass());
    }

    @Test
    void isLinearizableOnRealThreads() {
        Schedules.real(Sequential.class).check(getClass());
    }

    /** The same circuit in a few lines, for one thread; its time counts waits. */
    public static final class Sequential {

        private record Call(int stay, boolean probe) {}

        private final @Nullable Call[] held = new Call[THREADS];
        private final int[] leasedUntil = new int[THREADS];
        private BreakerState state = BreakerState.CLOSED;
        private int now;
        private int stay;
        private int openUntil;
        private int calls;
        private int failures;
        private int streak;

        public String acquire(int thread) {
            if (state == BreakerState.OPEN && now >= openUntil) {
                enter(BreakerState.HALF_OPEN);
            }
            boolean probe = state == BreakerState.HALF_OPEN;
            boolean admitted = state == BreakerState.CLOSED || (probe && leased() + calls < 2);
            held[thread] = admitted ? new Call(stay, probe) : null;
            if (admitted && probe) {
                leasedUntil[thread] = now + 2;
            }
            return !admitted ? "rejected" : probe ? "probe" : "call";
        }

        private long leased() {
            return Arrays.stream(leasedUntil).filter(until -> until > now).count();
        }

        public void success(int thread) {
            if (isCurrent(thread)) {
                count(false);
            }
        }

        public void failure(int thread) {
            if (isCurrent(thread)) {
                count(true);
            }
        }

        public void ignore(int thread) {
            isCurrent(thread);
        }

        private boolean isCurrent(int thread) {
            Call call = held[thread];
            held[thread] = null;
            if (call == null || call.stay != stay) {
                return false;
            }
            boolean inTime = !call.probe || leasedUntil[thread] > now;
            leasedUntil[thread] = 0;
            return inTime;
        }

        private void count(boolean failure) {
            calls++;
            failures += failure ? 1 : 0;
            streak = failure ? streak + 1 : 0;
            if (state == BreakerState.CLOSED ? streak == 2 : failure) {
                enter(BreakerState.OPEN);
            } else if (state == BreakerState.HALF_OPEN && calls == 2) {
                enter(BreakerState.CLOSED);
            }
        }

        private void enter(BreakerState next) {
            state = next;
            stay++;
            openUntil = now + 1;
            calls = failures = streak = 0;
            Arrays.fill(leasedUntil, 0);
        }

        public void waits() {
            now++;
        }

        public String counted() {
            return state == BreakerState.CLOSED
                    ? calls + " calls, " + failures + " failures, " + streak + " in a row"
                    : "not closed";
        }
    }
}
