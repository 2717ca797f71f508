package dev.breaker.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Messages of the same server that mean nothing to anybody: what is left of a reaction when there is no circuit breaker in it. */
final class Messages implements AutoCloseable {

    private static final String CHANNEL = "bench:message";
    private static final long PATIENCE_SECONDS = 30;

    private final RedisClient client;
    private final StatefulRedisPubSubConnection<String, String> connection;
    private final BlockingQueue<Long> moments = new LinkedBlockingQueue<>();

    /** Listens from now on. */
    Messages(int port) {
        client = RedisClient.create("redis://127.0.0.1:" + port);
        connection = client.connectPubSub();
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                moments.add(System.nanoTime());
            }
        });
        connection.sync().subscribe(CHANNEL);
    }

    /** Sends a message to all, itself included, and returns the moment before. */
    long send() {
        long before = System.nanoTime();
        connection.async().publish(CHANNEL, "");
        return before;
    }

    /** When the next message arrived; each is told once. */
    long arrival() throws InterruptedException {
        Long moment = moments.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (moment == null) {
            throw new IllegalStateException("No message within " + PATIENCE_SECONDS + " s");
        }
        return moment;
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
