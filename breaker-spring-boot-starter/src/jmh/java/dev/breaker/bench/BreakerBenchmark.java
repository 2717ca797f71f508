package dev.breaker.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Calls through this library, all of whose circuits are shared. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BreakerBenchmark {

    @Benchmark
    public String closed(Circuits circuits) {
        return circuits.offers.closed(circuits.customer);
    }

    @Benchmark
    public String open(Circuits circuits) {
        return circuits.offers.open(circuits.customer);
    }

    @Benchmark
    public String openWithCause(Circuits circuits) {
        return circuits.offers.openWithCause(circuits.customer);
    }

    @Benchmark
    public String halfOpen(Circuits circuits) {
        return circuits.offers.halfOpen(circuits.customer);
    }

    @Benchmark
    public String call(Circuits circuits) throws Exception {
        return circuits.closed.call(circuits.body);
    }
}
