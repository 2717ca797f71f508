package dev.breaker;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One circuit without a store, on a manual clock, with the transitions its listener was told. */
final class LocalCircuit implements BreakerListener {

    final IOException down = new IOException("down");

    final ManualTicker ticker = new ManualTicker();
    final List<BreakerEvent.Transition> transitions = new ArrayList<>();
    final BreakerRegistry registry;
    final Breaker breaker;

    LocalCircuit(BreakerConfig.Builder config) {
        BreakerConfig built = config.build();
        registry = BreakerRegistry.builder()
                .ticker(ticker)
                .configs(name -> built)
                .listener(this)
                .build();
        breaker = registry.breaker("partner");
    }

    /** A circuit that its first failure opens, with two probes. */
    static BreakerConfig.Builder fragile() {
        return BreakerConfig.builder().consecutiveFailureThreshold(1).permittedNumberOfCallsInHalfOpenState(2);
    }

    LocalCircuit succeeds(int times) {
        return succeeds(times, Duration.ZERO);
    }

    LocalCircuit succeeds(int times, Duration each) {
        for (int i = 0; i < times; i++) {
            breaker.acquire().success(each.toNanos());
        }
        return this;
    }

    LocalCircuit fails(int times) {
        return fails(times, Duration.ZERO);
    }

    LocalCircuit fails(int times, Duration each) {
        for (int i = 0; i < times; i++) {
            breaker.acquire().failure(down, each.toNanos());
        }
        return this;
    }

    LocalCircuit after(Duration time) {
        ticker.advance(time);
        return this;
    }

    LocalCircuit afterSeconds(long seconds) {
        return after(Duration.ofSeconds(seconds));
    }

    BreakerState state() {
        return breaker.state();
    }

    BreakerSnapshot.Counts counts() {
        return breaker.snapshot().counts();
    }

    Duration timeLeftOpen() {
        return breaker.snapshot().timeLeftOpen();
    }

    /** Whether a call is rejected; one that is not gives its permit back. */
    boolean rejects() {
        Permit permit = breaker.tryAcquire();
        if (permit != null) {
            permit.ignore();
        }
        return permit == null;
    }

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        transitions.add(event);
    }
}
