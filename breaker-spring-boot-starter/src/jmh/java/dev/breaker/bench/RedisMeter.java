package dev.breaker.bench;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.SharingTotals;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures points with a real server and real connections, all instances in this JVM. */
final class RedisMeter implements AutoCloseable {

    private static final int FEW = 10;

    private final RealRedis redis = RealRedis.start();
    private final List<SharedInstance> instances = new ArrayList<>();
    private final Duration warmUp;
    private final Duration shortest;
    private int measured;

    /**
     * @param warmUp before each point
     * @param shortest length of a measurement
     */
    RedisMeter(Duration warmUp, Duration shortest) {
        this.warmUp = warmUp;
        this.shortest = shortest;
    }

    RedisCost measure(RedisPoint point) throws InterruptedException {
        while (instances.size() < point.instances()) {
            instances.add(SharedInstance.start(redis.port()));
        }
        List<Breaker> circuits = circuits(point, "point-" + ++measured + "-");
        if (point.behaviour() == RedisPoint.Behaviour.OPEN) {
            open(circuits);
        }
        try (PacedCalls calls = new PacedCalls(circuits, point).start()) {
            return measure(point, calls);
        } finally {
            circuits.stream().map(Breaker::name).distinct().forEach(this::remove);
        }
    }

    private List<Breaker> circuits(RedisPoint point, String prefix) {
        return instances.stream()
                .limit(point.instances())
                .flatMap(instance -> IntStream.range(0, point.breakers()).mapToObj(i -> instance.breaker(prefix + i)))
                .toList();
    }

    private void remove(String breaker) {
        instances.forEach(instance -> instance.registry().remove(breaker));
    }

    private static void open(List<Breaker> circuits) throws InterruptedException {
        for (Breaker circuit : circuits) {
            for (int i = 0; i < circuit.config().minimumNumberOfCalls(); i++) {
                fail(circuit);
            }
        }
        for (Breaker circuit : circuits) {
            while (circuit.state() != BreakerState.OPEN) {
                Thread.sleep(10);
            }
        }
    }

    private static void fail(Breaker circuit) {
        Permit permit = circuit.tryAcquire();
        if (permit != null) {
            permit.failure(new IOException("down"), 0);
        }
    }

    private RedisCost measure(RedisPoint point, PacedCalls calls) throws InterruptedException {
        Thread.sleep(warmUp.toMillis());
        ThreadTimes threads = ThreadTimes.now();
        long made = calls.made();
        long unanswered = unanswered();
        ServerInfo server = info();
        Thread.sleep(length(point).toMillis());
        ServerInfo work = info().since(server);
        ThreadTimes.Used used = ThreadTimes.now().since(threads);
        double each = Math.max(1, work.commands());
        double instanceSeconds = work.seconds() * point.instances();
        return new RedisCost(
                point,
                work.seconds(),
                (calls.made() - made) / work.seconds(),
                work.commands() / work.seconds(),
                work.insideScripts() / each,
                work.microsPerCommand(),
                work.cpuSeconds() * 1e6 / each,
                work.cpuSeconds() / work.seconds(),
                used.by("breaker-timer") / instanceSeconds,
                used.by("lettuce-", "breaker-redis-") / instanceSeconds,
                work.bytesIn() / each,
                work.bytesOut() / each,
                (int) (unanswered() - unanswered),
                work.calls());
    }

    /* Longer where there is little to count. */
    private Duration length(RedisPoint point) {
        return point.circuits() < FEW ? shortest.multipliedBy(3) : shortest;
    }

    private ServerInfo info() {
        return ServerInfo.parse((String) redis.command("INFO", "all"), System.nanoTime());
    }

    private long unanswered() {
        return instances.stream()
                .map(SharedInstance::registry)
                .map(BreakerRegistry::exchanges)
                .mapToLong(SharingTotals::failed)
                .sum();
    }

    @Override
    public void close() {
        instances.forEach(SharedInstance::close);
        redis.close();
    }
}
