package dev.breaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * An operator's decisions are linearizable, and what listeners are told of them is quiescently consistent: a listener may be
 * told after the operation has returned, but when all is quiet the transitions form one chain that ends in the present state.
 */
public class LinearizableOverrideTest implements BreakerListener {

    private static final Duration WHILE = Duration.ofMillis(10);

    private final ManualTicker ticker = new ManualTicker();
    private final List<BreakerEvent.Transition> told = new ArrayList<>();
    private final Breaker breaker =
            BreakerRegistry.builder().ticker(ticker).listener(this).build().breaker("partner");

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        told.add(event);
    }

    @Operation
    public void forceOpen() {
        breaker.forceOpen("test", "ann", null);
    }

    @Operation
    public void disableForAWhile() {
        breaker.disable("test", "ann", WHILE);
    }

    @Operation
    public void release() {
        breaker.release("test", "ann");
    }

    @Operation(nonParallelGroup = "clock")
    public void whilePasses() {
        ticker.advance(WHILE);
    }

    @Operation
    public BreakerState state() {
        return breaker.state();
    }

    @Validate
    public void isToldAsAChainThatEndsInThePresentState() {
        BreakerState state = BreakerState.CLOSED;
        for (BreakerEvent.Transition transition : told) {
            if (transition.from() != state) {
                throw new IllegalStateException("not a chain: " + told);
            }
            state = transition.to();
        }
        if (state != breaker.state()) {
            throw new IllegalStateException("ends in " + state + " and not in " + breaker.state() + ": " + told);
        }
    }

    @Test
    void isLinearizableInChosenSchedules() {
        Schedules.chosen(Sequential.class).check(getClass());
    }

    @Test
    void isLinearizableOnRealThreads() {
        Schedules.real(Sequential.class).check(getClass());
    }

    /** The last decision holds, until its time is up. */
    public static final class Sequential {

        private BreakerState state = BreakerState.CLOSED;

        public void forceOpen() {
            state = BreakerState.FORCED_OPEN;
        }

        public void disableForAWhile() {
            state = BreakerState.DISABLED;
        }

        public void release() {
            state = BreakerState.CLOSED;
        }

        public void whilePasses() {
            state = state == BreakerState.DISABLED ? BreakerState.CLOSED : state;
        }

        public BreakerState state() {
            return state;
        }
    }
}
