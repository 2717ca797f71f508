package dev.breaker.shared;

import java.time.Duration;

/**
 * A request for one probe of a half-open circuit.
 *
 * @param lease identity of the lease, unique in the cluster
 * @param instance who asks
 * @param term how long the lease lasts if nobody completes it
 * @param permitted how many probes a stay admits, if this request begins the stay
 * @param maxStay how long the stay may last, if this request begins it; zero for no limit
 */
public record ProbeRequest(String lease, String instance, Duration term, int permitted, Duration maxStay) {}
