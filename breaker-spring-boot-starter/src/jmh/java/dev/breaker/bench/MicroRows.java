package dev.breaker.bench;

import dev.breaker.bench.BarChart.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Rows of JMH, of which several may be about the same benchmark: their iterations are taken together. */
record MicroRows(JsonNode rows) {

    static final String INTERCEPTOR = "NoOpBenchmark.interceptor";
    static final String ANNOTATED = "BreakerBenchmark.closed";
    static final String OPEN = "BreakerBenchmark.open";
    static final String OPEN_WITH_CAUSE = "BreakerBenchmark.openWithCause";
    static final String CALL = "BreakerBenchmark.call";
    static final String RESILIENCE4J_ANNOTATED = "Resilience4jBenchmark.closed";
    static final String RESILIENCE4J_OPEN = "Resilience4jBenchmark.open";
    static final String RESILIENCE4J_CALL = "Resilience4jBenchmark.call";
    static final List<String> HEADER =
            List.of("call", "ns", "±", "B", "× no-op", "ns, 2 threads", "±", "throughput per thread, 2 threads to 1");

    private static final Map<String, String> LABELS = new LinkedHashMap<>();

    static {
        LABELS.put(INTERCEPTOR, "interceptor that does nothing");
        LABELS.put(ANNOTATED, "annotated call, CLOSED");
        LABELS.put(OPEN, "OPEN with fallback");
        LABELS.put(OPEN_WITH_CAUSE, "OPEN with fallback that takes the exception");
        LABELS.put("BreakerBenchmark.halfOpen", "HALF_OPEN, rejected, with fallback");
        LABELS.put(CALL, "`Breaker.call`, CLOSED");
        LABELS.put(RESILIENCE4J_ANNOTATED, "Resilience4j: annotated call, CLOSED");
        LABELS.put(RESILIENCE4J_OPEN, "Resilience4j: OPEN with fallback");
        LABELS.put("Resilience4jBenchmark.halfOpen", "Resilience4j: HALF_OPEN, rejected, with fallback");
        LABELS.put(RESILIENCE4J_CALL, "Resilience4j: core, CLOSED");
        LABELS.put("FailsafeBenchmark.call", "Failsafe, CLOSED");
        LABELS.put("RedisPerCallBenchmark.call", "Redis asked at each call, CLOSED");
    }

    static String label(String benchmark) {
        return LABELS.get(benchmark);
    }

    /** Median time of a call. */
    double nanos(String benchmark, int threads) {
        return Numbers.median(iterations(benchmark, threads, "/primaryMetric/rawData"));
    }

    private double spread(String benchmark, int threads) {
        double[] times = iterations(benchmark, threads, "/primaryMetric/rawData");
        return (Numbers.quantile(0.75, times) - Numbers.quantile(0.25, times)) / 2;
    }

    /** Time of a call in the quickest iteration, by one thread. */
    double leastNanos(String benchmark) {
        return Numbers.quantile(0, iterations(benchmark, 1, "/primaryMetric/rawData"));
    }

    /**
     * Bytes that a call allocates where the compiler did best, as it does not in every JVM; whole, as the rest is what other
     * threads do meanwhile.
     */
    double bytes(String benchmark, int threads) {
        return Math.rint(
                Numbers.quantile(0, iterations(benchmark, threads, "/secondaryMetrics/gc.alloc.rate.norm/rawData")));
    }

    List<List<String>> table() {
        List<List<String>> table = new ArrayList<>();
        LABELS.forEach((benchmark, label) -> table.add(List.of(
                label,
                Numbers.text(nanos(benchmark, 1)),
                Numbers.text(spread(benchmark, 1)),
                Numbers.text(bytes(benchmark, 1)),
                Numbers.text(nanos(benchmark, 1) / nanos(INTERCEPTOR, 1)),
                Numbers.text(nanos(benchmark, 2)),
                Numbers.text(spread(benchmark, 2)),
                Numbers.text(nanos(benchmark, 1) / nanos(benchmark, 2)))));
        return table;
    }

    BarChart chart(int java) {
        List<Group> groups = new ArrayList<>();
        LABELS.forEach((benchmark, label) -> groups.add(new Group(
                label.replace("`", ""),
                benchmark.startsWith("BreakerBenchmark"),
                List.of(nanos(benchmark, 1), nanos(benchmark, 2)))));
        return new BarChart(
                "Time of a call on JDK " + java + ", logarithmic", "ns", List.of("1 thread", "2 threads"), groups);
    }

    private double[] iterations(String benchmark, int threads, String metric) {
        List<Double> values = new ArrayList<>();
        for (JsonNode row : rows) {
            if (row.get("benchmark").asString().endsWith("." + benchmark)
                    && row.get("threads").asInt() == threads) {
                row.at(metric).forEach(fork -> fork.forEach(value -> values.add(value.asDouble())));
            }
        }
        return values.stream().mapToDouble(value -> value).toArray();
    }
}
