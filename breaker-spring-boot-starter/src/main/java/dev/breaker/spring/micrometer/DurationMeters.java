package dev.breaker.spring.micrometer;

import dev.breaker.BreakerTotals;
import java.util.function.ToLongFunction;

/** How long the calls of a circuit took, while they are timed. */
final class DurationMeters implements MeterSet {

    @Override
    public boolean suits(MeterSource source) {
        return source.isTimed();
    }

    @Override
    public void register(MeterSource source, SourceMeters meters) {
        duration(meters, "success", BreakerTotals::successes, BreakerTotals::successNanos);
        duration(meters, "failure", BreakerTotals::failures, BreakerTotals::failureNanos);
    }

    private static void duration(
            SourceMeters meters,
            String outcome,
            ToLongFunction<BreakerTotals> count,
            ToLongFunction<BreakerTotals> nanos) {
        meters.durations("breaker.call.duration", "How long calls took", count, nanos, "outcome", outcome);
    }
}
