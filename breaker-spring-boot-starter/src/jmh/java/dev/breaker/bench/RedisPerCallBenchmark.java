package dev.breaker.bench;

import dev.breaker.spring.redis.RealRedis;
import io.lettuce.core.RedisClient;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A call through a circuit breaker that asks Redis each time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RedisPerCallBenchmark {

    private final String customer = "anna";
    private final Callable<String> body = () -> customer;
    private RealRedis redis;
    private RedisClient client;
    private RedisPerCallBreaker breaker;

    @Setup
    public void start() {
        redis = RealRedis.start();
        client = RedisClient.create(redis.url());
        breaker = new RedisPerCallBreaker(client.connect().sync(), "closed");
    }

    @Benchmark
    public String call() throws Exception {
        return breaker.call(body);
    }

    @TearDown
    public void stop() {
        client.shutdown();
        redis.close();
    }
}
