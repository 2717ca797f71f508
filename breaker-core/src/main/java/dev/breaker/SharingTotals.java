package dev.breaker;

import java.time.Duration;

/**
 * How the exchanges of a registry's circuits with the store have gone since the registry was created. No number ever falls.
 *
 * @param answered exchanges that the store answered
 * @param failed exchanges that it refused, or did not answer in time
 * @param duration how long the answered ones took together
 */
public record SharingTotals(long answered, long failed, Duration duration) {}
