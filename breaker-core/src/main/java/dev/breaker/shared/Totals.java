package dev.breaker.shared;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The counts of the shared window, over all instances.
 *
 * @param calls successes and failures
 * @param failures failures among the calls
 * @param slow slow ones among the calls
 * @param streak failures since the cluster's last success, in order of occurrence: a success counts as last if it is younger
 *     than the first failure of the streak, however late it is reported
 * @param peerSuccessAge how long ago an instance other than the one that asks last had a success; null if none is known
 */
public record Totals(
        long calls,
        long failures,
        long slow,
        long streak,
        @Nullable Duration peerSuccessAge) {

    /** Nothing counted. */
    public static final Totals NONE = new Totals(0, 0, 0, 0, null);
}
