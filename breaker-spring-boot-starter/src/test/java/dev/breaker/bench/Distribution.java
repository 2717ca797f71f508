package dev.breaker.bench;

import java.util.Arrays;
import java.util.Collection;

/** Measured durations in milliseconds, summed up. A percentile is the smallest value that so many are not above. */
record Distribution(int count, double min, double p50, double p90, double p99, double p999, double max) {

    /**
     * @param nanos durations in nanoseconds, at least one
     */
    static Distribution of(Collection<Long> nanos) {
        if (nanos.isEmpty()) {
            throw new IllegalArgumentException("Nothing was measured.");
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Distribution(
                sorted.length,
                at(sorted, 0),
                at(sorted, 0.5),
                at(sorted, 0.9),
                at(sorted, 0.99),
                at(sorted, 0.999),
                at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
