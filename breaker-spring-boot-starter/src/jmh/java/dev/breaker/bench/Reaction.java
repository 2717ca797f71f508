package dev.breaker.bench;

import org.jspecify.annotations.Nullable;

/**
 * From the failure that crosses the threshold on one instance to the rejections of all, in milliseconds.
 *
 * @param instances in JVMs of their own
 * @param announced whether transitions are published, or else learnt by polling alone
 * @param self until the failing instance itself rejects
 * @param each until one of the others does
 * @param all until the last one does
 * @param message until the last one has a message of the same time that has nothing to do with a circuit; none where none may
 *     be published
 * @param ping a round trip of the same time, {@code PING}
 * @param exchange a round trip of the same time, a circuit's exchange
 */
record Reaction(
        int instances,
        boolean announced,
        Distribution self,
        Distribution each,
        Distribution all,
        @Nullable Distribution message,
        Distribution ping,
        Distribution exchange) {

    private static final int ROUND_TRIPS = 3;
    private static final double MILLIS = 10;

    static final String LIMIT = "\u2264 " + ROUND_TRIPS + " round trips + " + (int) MILLIS + " ms";

    /** What the 99th percentile of the last instance may be. */
    double limit() {
        return ROUND_TRIPS * ping.p50() + MILLIS;
    }

    Budget budget() {
        return new Budget(
                "failure until " + instances + " instances reject, 99th percentile",
                LIMIT,
                Numbers.text(all.p99()) + " of " + Numbers.text(limit()) + " ms",
                all.p99() <= limit());
    }
}
