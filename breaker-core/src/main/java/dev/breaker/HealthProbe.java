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
     * <p>It needs time-outs of its own, as not everything can be interrupted: one that does not end keeps its instance from
     * checking again, and eight of them all circuits of the instance. Where no instance can check, calls serve as probes, as if
     * there were no health probe, once the circuit has been due for as long as a lease lasts, or at once if it is not shared.
     *
     * @throws Exception if the partner is not back
     */
    void check() throws Exception;
}
