package dev.breaker.spring.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Uses a factory as it is, with the time-outs and the reconnecting of whoever made it. */
final class GivenConnections implements ConnectionSource {

    private final RedisConnectionFactory factory;

    private final int database;

    private final String description;

    GivenConnections(RedisConnectionFactory factory, int database, String description) {
        this.factory = factory;
        this.database = database;
        this.description = description;
    }

    @Override
    public RedisConnectionFactory open() {
        return factory;
    }

    @Override
    public void release(RedisConnectionFactory opened) {}

    @Override
    public int database() {
        return database;
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public void close() {}
}
