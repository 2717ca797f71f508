package dev.breaker.shared;

import java.time.Duration;

/**
 * A request for one probe of a circuit.
 *
 * @param purpose what the probe is, and so when it is leased
 * @param lease identity of the lease, unique in the cluster
 * @param instance who asks
 * @param term how long the lease lasts if nobody completes it
 * @param permitted how many probes a stay admits, if this request begins the stay
 * @param maxStay how long the stay may last, if this request begins it; zero for no limit
 */
public record ProbeRequest(
        Purpose purpose, String lease, String instance, Duration term, int permitted, Duration maxStay) {

    /** What a probe is. */
    public enum Purpose {
        /** A call, for which an OPEN circuit whose wait is over becomes HALF_OPEN. */
        CALL,
        /** A call of a circuit that has a health probe: leased while HALF_OPEN, and never a reason to become so. */
        CALL_IF_HALF_OPEN,
        /** A health probe: leased while OPEN once the wait is over, one at a time. The circuit stays OPEN. */
        HEALTH
    }

    /** A request for a call. */
    public ProbeRequest(String lease, String instance, Duration term, int permitted, Duration maxStay) {
        this(Purpose.CALL, lease, instance, term, permitted, maxStay);
    }

    /** A request for a health probe. */
    public static ProbeRequest health(String lease, String instance, Duration term) {
        return new ProbeRequest(Purpose.HEALTH, lease, instance, term, 0, Duration.ZERO);
    }
}
