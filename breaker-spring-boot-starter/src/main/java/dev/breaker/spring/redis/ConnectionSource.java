package dev.breaker.spring.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Where a store's connections come from. Used by one thread. */
interface ConnectionSource extends AutoCloseable {

    /** A factory that is ready for use; blocks for no longer than its time-outs. */
    RedisConnectionFactory open();

    /** Gives back what {@link #open} returned, and its connections. */
    void release(RedisConnectionFactory factory);

    /** The database that the connections select. */
    int database();

    /** The client and where it connects to, without secrets. */
    String describe();

    /** Lets go of everything without waiting. */
    @Override
    void close();
}
