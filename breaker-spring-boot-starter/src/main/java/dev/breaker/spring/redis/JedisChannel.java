package dev.breaker.spring.redis;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.UnifiedJedis;

/**
 * Listens through Jedis itself: Spring Data's subscription says UNSUBSCRIBE when it is closed, even after the server refused
 * it and its connection went back to the pool, where the reply is then taken for that of somebody else's command.
 */
final class JedisChannel extends BinaryJedisPubSub {

    private final Consumer<byte[]> messages;

    private final Runnable confirmed;

    JedisChannel(Consumer<byte[]> messages, Runnable confirmed) {
        this.messages = messages;
        this.confirmed = confirmed;
    }

    static boolean supports(RedisConnection connection) {
        return connection.getNativeConnection() instanceof UnifiedJedis;
    }

    /** Blocks until {@link #stop}, or until the connection breaks. */
    void listen(RedisConnection connection, String channel) {
        ((UnifiedJedis) connection.getNativeConnection()).subscribe(this, channel.getBytes(StandardCharsets.UTF_8));
    }

    void stop() {
        if (isSubscribed()) {
            unsubscribe();
        }
    }

    @Override
    public void onMessage(byte[] channel, byte[] message) {
        messages.accept(message);
    }

    @Override
    public void onSubscribe(byte[] channel, int subscribedChannels) {
        confirmed.run();
    }
}
