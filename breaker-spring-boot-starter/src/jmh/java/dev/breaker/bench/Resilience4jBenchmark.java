package dev.breaker.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The same calls through Resilience4j. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Resilience4jBenchmark {

    @Benchmark
    public String closed(Resilience4jCircuits circuits) {
        return circuits.offers.closed(circuits.customer);
    }

    @Benchmark
    public String open(Resilience4jCircuits circuits) {
        return circuits.offers.open(circuits.customer);
    }

    @Benchmark
    public String halfOpen(Resilience4jCircuits circuits) {
        return circuits.offers.halfOpen(circuits.customer);
    }

    @Benchmark
    public String call(Resilience4jCircuits circuits) throws Exception {
        return circuits.closed.executeCallable(circuits.body);
    }
}
