package dev.breaker.shared;

import java.time.Duration;

/**
 * The answer to a {@link ProbeRequest}.
 *
 * @param granted whether the caller holds the lease; it then belongs to the epoch of {@code state}
 * @param retryAfter when denied, how long asking again is pointless unless the state or the number of running probes changes
 * @param state the state that holds after the request
 */
public record ProbeReply(boolean granted, Duration retryAfter, SharedState state) {}
