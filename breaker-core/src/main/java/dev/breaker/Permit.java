package dev.breaker;

import org.jspecify.annotations.Nullable;

/**
 * The right to make one call, given out by {@link Breaker#acquire()}.
 *
 * <p>Complete it exactly once, whatever happens to the call, with one of the four methods. It belongs to the stay in a state
 * (the epoch) that admitted it: completed later than that, it has no effect on the present stay. A probe that is never
 * completed loses its permit when its lease ends.
 *
 * <p>While a circuit is CLOSED all callers share one permit, so that admission allocates nothing; such a permit cannot notice
 * a second completion and would count it. Safe for use by many threads; none of its methods throws or waits.
 */
public interface Permit {

    /**
     * Classifies what came of the call and completes the permit accordingly.
     *
     * @param result what the call returned
     * @param thrown what the call threw, null if it returned
     * @param nanos how long the call took, from {@link Breaker#elapsedNanos}
     * @return what was recorded
     */
    Outcome complete(@Nullable Object result, @Nullable Throwable thrown, long nanos);

    /**
     * The call succeeded.
     *
     * @param nanos how long it took, for slow calls
     */
    void success(long nanos);

    /**
     * The call failed.
     *
     * @param cause what it threw, unclassified
     * @param nanos how long it took, for slow calls
     */
    void failure(Throwable cause, long nanos);

    /** The call was not made or says nothing about the partner: nothing is counted and a probe's permit is free again. */
    void ignore();
}
