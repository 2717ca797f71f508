package dev.breaker;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts the exchanges of all circuits of a registry with the store. Safe for use by many threads. */
final class ExchangeCounts {

    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void answered(long took) {
        answered.increment();
        nanos.add(took);
    }

    void failed() {
        failed.increment();
    }

    SharingTotals totals() {
        return new SharingTotals(answered.sum(), failed.sum(), Duration.ofNanos(nanos.sum()));
    }
}
