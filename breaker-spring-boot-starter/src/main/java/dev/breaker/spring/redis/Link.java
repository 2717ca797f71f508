package dev.breaker.spring.redis;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** One connected factory, with the client that runs scripts over it and the subscription. */
final class Link {

    final RedisConnectionFactory factory;

    final ScriptClient client;

    final Subscription subscription;

    /** Set by the first operation that was not answered, cleared by the next one that is. */
    final AtomicReference<@Nullable Object> silence = new AtomicReference<>();

    /** Set when the server has refused to write because it is a replica, for good: it still answers what only reads. */
    final AtomicBoolean demoted = new AtomicBoolean();

    private Link(RedisConnectionFactory factory, ScriptClient client, Subscription subscription) {
        this.factory = factory;
        this.client = client;
        this.subscription = subscription;
    }

    /** Blocks until connected, if the driver connects at once, or fails. */
    static Link open(RedisConnectionFactory factory, Subscription subscription) {
        ScriptClient client = client(factory);
        subscription.start();
        return new Link(factory, client, subscription);
    }

    void close() {
        subscription.close();
        client.close();
    }

    private static ScriptClient client(RedisConnectionFactory factory) {
        RedisConnection connection = factory.getConnection();
        try {
            if (Drivers.LETTUCE && LettuceScriptClient.supports(connection)) {
                return new LettuceScriptClient(connection);
            }
            /* These drivers connect with the first command. In a cluster that would ask all nodes, also one that is down. */
            if (!(connection instanceof RedisClusterConnection)) {
                connection.ping();
            }
            QueuedScriptClient queued;
            if (Drivers.JEDIS && JedisScriptClient.supports(connection)) {
                queued = new JedisScriptClient(connection);
            } else {
                queued = new PlainScriptClient(factory);
                connection.close();
            }
            queued.start();
            return queued;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
