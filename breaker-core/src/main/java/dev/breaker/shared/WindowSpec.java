package dev.breaker.shared;

import java.time.Duration;

/**
 * The shape of a sliding window. Instances that disagree on it, during a rolling change of settings, count in separate
 * windows.
 *
 * @param kind by time or by count
 * @param size number of slots (by time) or of outcomes (by count)
 * @param slot width of a slot; zero for a window by count
 */
public record WindowSpec(Kind kind, int size, Duration slot) {

    /** What slides. */
    public enum Kind {
        /** The outcomes of the last {@code size * slot}, in steps of a slot. */
        TIME,
        /** The last {@code size} outcomes of the cluster, in the order in which they arrived at the store. */
        COUNT
    }
}
