package dev.breaker;

/**
 * Calls of this instance since a circuit was created, by what became of them, whatever state the circuit was in. No number
 * ever falls. They are read one after the other, so calls that end meanwhile may be in one and not yet in another.
 *
 * @param successes calls that succeeded
 * @param failures calls that failed
 * @param ignored calls that were neither, such as cancelled ones and business errors
 * @param slow slow ones among the successes and failures; zero unless slow calls are measured
 * @param rejected calls that were not made
 * @param fallbacks answers given in the place of a call; one that was rejected counts as rejected too
 * @param successNanos how long the successes took together, in nanoseconds; zero unless calls are timed
 * @param failureNanos how long the failures took together, in nanoseconds; zero unless calls are timed
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
