package dev.breaker;

import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * A configuration and what follows from it, worked out once and replaced as a whole.
 *
 * @param slowNanos a call that takes longer is slow; {@code Long.MAX_VALUE} if calls are not timed
 */
record Rules(BreakerConfig config, Thresholds thresholds, WaitSchedule waits, WindowSpec window, long slowNanos) {

    /**
     * @param random yields numbers from 0 to below 1
     */
    static Rules of(BreakerConfig config, DoubleSupplier random) {
        Duration slow = config.slowCallDurationThreshold();
        return new Rules(
                config,
                new Thresholds(config),
                new WaitSchedule(config, random),
                window(config),
                slow == null ? Long.MAX_VALUE : slow.toNanos());
    }

    private static WindowSpec window(BreakerConfig config) {
        int size = config.slidingWindowSize();
        return config.slidingWindowType() == BreakerConfig.SlidingWindowType.COUNT_BASED
                ? new WindowSpec(WindowSpec.Kind.COUNT, size, Duration.ZERO)
                : new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofMillis(100L * size));
    }
}
