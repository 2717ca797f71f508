package dev.breaker;

import java.time.Duration;

/**
 * How the exchanges of a registry's circuits with the store have gone. The numbers only grow.
 *
 * @param answered exchanges that the store answered
 * @param failed operations that it did not answer, or with an error
 * @param duration how long the answers took together
 */
public record SharingTotals(long answered, long failed, Duration duration) {}
