package dev.breaker;

import java.util.function.DoubleSupplier;

/** How long a circuit stays open: fixed, or growing with each further opening, spread by jitter but never above its cap. */
final class WaitSchedule {

    private final BreakerConfig config;
    private final DoubleSupplier random;

    /**
     * @param random yields numbers from 0 to below 1
     */
    WaitSchedule(BreakerConfig config, DoubleSupplier random) {
        this.config = config;
        this.random = random;
    }

    /**
     * The wait in nanoseconds.
     *
     * @param opens how many times in a row the circuit has opened, this time included
     */
    long nanos(int opens) {
        double wait = (double) config.waitDurationInOpenState().toNanos();
        double longest = Double.MAX_VALUE;
        if (config.exponentialBackoffMultiplier() > 1) {
            longest = (double) config.exponentialMaxWaitDurationInOpenState().toNanos();
            wait = Math.min(wait * Math.pow(config.exponentialBackoffMultiplier(), Math.max(0, opens - 1)), longest);
        }
        double spread = 1 + config.randomizedWaitFactor() * (2 * random.getAsDouble() - 1);
        return Math.max(1, (long) Math.min(wait * spread, longest));
    }
}
