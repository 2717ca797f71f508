package dev.breaker;

/**
 * Finds out whether the partner of an OPEN circuit is back, in the background, so that no call is spent on it.
 *
 * <p>Runs when the circuit's wait is over, in one instance of the cluster and on a thread of its own. It should be a cheap
 * request that tells whether calls would succeed, and must go past the circuit breaker itself, which is open.
 */
@FunctionalInterface
public interface HealthProbe {

    /**
     * Asks the partner. Returning means that it is back. A check that takes longer than {@link BreakerConfig#probeLease()} is
     * interrupted and has failed.
     *
     * @throws Exception if the partner is not back
     */
    void check() throws Exception;
}
