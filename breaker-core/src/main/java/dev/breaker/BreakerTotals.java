package dev.breaker;

/**
 * Calls of this instance since a circuit was created, by what became of them. They only grow; calls while
 * {@link BreakerState#DISABLED} are not counted.
 *
 * @param successes calls that succeeded
 * @param failures calls that failed
 * @param ignored calls that were neither, such as cancelled ones and business errors
 * @param slow successes and failures that were slow; zero unless slow calls are measured
 * @param rejected calls that were not made
 * @param fallbacks answers given in the place of a rejected or failed call
 * @param successNanos how long the successes took together; zero unless calls are timed
 * @param failureNanos how long the failures took together; zero unless calls are timed
 */
public record BreakerTotals(
        long successes,
        long failures,
        long ignored,
        long slow,
        long rejected,
        long fallbacks,
        long successNanos,
        long failureNanos) {

    /** Nothing yet. */
    static final BreakerTotals NONE = new BreakerTotals(0, 0, 0, 0, 0, 0, 0, 0);

    /** These and those. */
    public BreakerTotals plus(BreakerTotals other) {
        return new BreakerTotals(
                successes + other.successes,
                failures + other.failures,
                ignored + other.ignored,
                slow + other.slow,
                rejected + other.rejected,
                fallbacks + other.fallbacks,
                successNanos + other.successNanos,
                failureNanos + other.failureNanos);
    }
}
