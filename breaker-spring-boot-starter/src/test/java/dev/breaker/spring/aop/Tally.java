package dev.breaker.spring.aop;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import java.util.concurrent.atomic.AtomicInteger;

/** How often permits were completed, and as what. */
final class Tally implements BreakerListener {

    final AtomicInteger successes = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger ignored = new AtomicInteger();

    int all() {
        return successes.get() + failures.get() + ignored.get();
    }

    @Override
    public void onSuccess(BreakerEvent.Success event) {
        successes.incrementAndGet();
    }

    @Override
    public void onFailure(BreakerEvent.Failure event) {
        failures.incrementAndGet();
    }

    @Override
    public void onIgnored(BreakerEvent.Ignored event) {
        ignored.incrementAndGet();
    }
}
