package dev.breaker;

import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Works out rules, once for circuits that are created one after the other with equal configurations, as most are. Safe for
 * use by many threads.
 */
final class CommonRules {

    private final DoubleSupplier random;
    private volatile @Nullable Rules last;

    /**
     * @param random yields numbers from 0 to below 1
     */
    CommonRules(DoubleSupplier random) {
        this.random = random;
    }

    Rules of(BreakerConfig config) {
        Rules known = last;
        if (known != null && known.config().equals(config)) {
            return known;
        }
        Rules fresh = Rules.of(config, random);
        last = fresh;
        return fresh;
    }
}
