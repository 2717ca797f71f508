package dev.breaker;

import java.util.function.DoubleSupplier;

/** How long a circuit stays open: fixed, or growing with each further opening up to a cap, spread by jitter. */
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
        if (config.exponentialBackoffMultiplier() > 1) {
            double grown = wait * Math.pow(config.exponentialBackoffMultiplier(), Math.max(0, opens - 1));
            double cap = (double) config.exponentialMaxWaitDurationInOpenState().toNanos();
            wait = Math.min(grown, cap);
        }
        double spread = 1 + config.randomizedWaitFactor() * (2 * random.getAsDouble() - 1);
        return Math.max(1, (long) (wait * spread));
    }
}
