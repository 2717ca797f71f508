package dev.breaker.shared;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes that one instance reports to the shared window.
 *
 * @param sequence grows with every new batch of an instance and breaker; a repeated batch keeps its number
 * @param epoch the stay in which the calls were admitted
 * @param slices for a window by time: the outcomes by age, youngest last; otherwise empty
 * @param outcomes for a window by count: the outcomes in order, oldest first, one letter each ({@code s} success, {@code f}
 *     failure, capitals for slow ones), at most as many as the window holds; otherwise empty
 * @param trailingFailures failures after the last success of this batch (all of them if it has no success)
 * @param trailingAge age of the first of the trailing failures; zero without any
 * @param successAge age of the last success of this batch, null without any
 */
public record Batch(
        long sequence,
        long epoch,
        List<Slice> slices,
        String outcomes,
        int trailingFailures,
        Duration trailingAge,
        @Nullable Duration successAge) {

    /** Keeps its own copy of the slices. */
    public Batch {
        slices = List.copyOf(slices);
    }

    /**
     * Outcomes of about the same age.
     *
     * @param age how long ago they were recorded
     * @param calls successes and failures
     * @param failures failures among the calls
     * @param slow slow ones among the calls
     */
    public record Slice(Duration age, int calls, int failures, int slow) {}
}
