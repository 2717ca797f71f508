package dev.breaker.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;

/** The measure of all annotated calls: the same proxy with an interceptor that does nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NoOpBenchmark {

    private final String customer = "anna";
    private ConfigurableApplicationContext application;
    private NoOpOffers offers;

    @Setup
    public void start() {
        application = Application.start(NoOpOffers.Beans.class);
        offers = application.getBean(NoOpOffers.class);
    }

    @Benchmark
    public String interceptor() {
        return offers.offer(customer);
    }

    @TearDown
    public void stop() {
        application.close();
    }
}
