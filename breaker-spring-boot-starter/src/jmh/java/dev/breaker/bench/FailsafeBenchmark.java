package dev.breaker.bench;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call through Failsafe, which has no annotation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FailsafeBenchmark {

    private final String customer = "anna";
    private final FailsafeExecutor<String> closed = Failsafe.with(CircuitBreaker.<String>builder()
            .withFailureRateThreshold(50, 10, Duration.ofSeconds(10))
            .build());

    @Benchmark
    public String call() {
        return closed.get(() -> customer);
    }
}
