package dev.breaker.bench;

import dev.breaker.shared.SharedStore;
import dev.breaker.shared.WindowSpec;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Round trips to Redis, as an instance has them: the least that there is, and a circuit's exchange. */
final class RoundTrips implements AutoCloseable {

    private final List<Long> pings = new ArrayList<>();
    private final List<Long> exchanges = new ArrayList<>();
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final SharedInstance instance;
    private final WindowSpec window = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(1));

    RoundTrips(int port) {
        client = RedisClient.create("redis://127.0.0.1:" + port);
        connection = client.connect();
        instance = SharedInstance.start(port);
        for (int i = 0; i < 2_000; i++) {
            measure();
        }
        forget();
    }

    void forget() {
        pings.clear();
        exchanges.clear();
    }

    void measure() {
        long began = System.nanoTime();
        connection.sync().ping();
        pings.add(System.nanoTime() - began);
        SharedStore store = instance.store();
        began = System.nanoTime();
        store.sync("round-trip", window, "bench", null).toCompletableFuture().join();
        exchanges.add(System.nanoTime() - began);
    }

    Distribution pings() {
        return Distribution.of(pings);
    }

    Distribution exchanges() {
        return Distribution.of(exchanges);
    }

    @Override
    public void close() {
        instance.close();
        connection.close();
        client.shutdown();
    }
}
