package dev.breaker.spring.redis;

import dev.breaker.shared.SharedStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Makes the store that shares circuits through Redis. Internal: public only because the auto-configuration lives in another
 * package; applications define a {@link SharedStore} bean of their own or a connection factory instead.
 */
public final class RedisSharedStoreFactory {

    private static final Logger log = LoggerFactory.getLogger(RedisSharedStoreFactory.class);

    private RedisSharedStoreFactory() {}

    /**
     * How a store uses Redis.
     *
     * @param prefix first part of every key, such as {@code breaker}; may contain colons
     * @param namespace second part of every key: who shares with whom, usually the service's name
     * @param commandTimeout how long an answer may take; connecting may take twice as long
     */
    public record Settings(String prefix, String namespace, Duration commandTimeout) {

        /** The command time-out unless set otherwise: 250 ms. */
        public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMillis(250);
    }

    /**
     * A store that connects as the application does, but with connections and time-outs of its own. Returns at once; connects
     * in the background.
     *
     * @param application the application's factory; one that is neither Lettuce's nor Jedis' is used as it is
     * @param target where to connect, needed for Lettuce with static master and replicas, whose factory cannot tell; otherwise
     *     null
     * @param settings how to use Redis
     */
    public static SharedStore derivedFrom(
            RedisConnectionFactory application, @Nullable RedisConfiguration target, Settings settings) {
        ConnectionSource source = derive(application, target, settings.commandTimeout());
        if (source == null) {
            log.warn(
                    "Sharing uses the application's own Redis connections, because a {} cannot be copied",
                    application.getClass().getName());
            return using(application, settings);
        }
        return start(source, settings);
    }

    /**
     * A store that uses a factory as it is, with its time-outs, and never closes it. Returns at once; connects in the
     * background.
     *
     * @param factory a factory meant for this store
     * @param settings how to use Redis
     */
    public static SharedStore using(RedisConnectionFactory factory, Settings settings) {
        ConnectionSource known = derive(factory, null, settings.commandTimeout());
        if (known == null) {
            return start(new GivenConnections(factory, 0, "Redis"), settings);
        }
        GivenConnections given = new GivenConnections(factory, known.database(), known.describe());
        known.close();
        return start(given, settings);
    }

    private static SharedStore start(ConnectionSource source, Settings settings) {
        RedisSharedStore store =
                new RedisSharedStore(source, settings.prefix(), settings.namespace(), settings.commandTimeout());
        store.start();
        return store;
    }

    private static @Nullable ConnectionSource derive(
            RedisConnectionFactory factory, @Nullable RedisConfiguration target, Duration commandTimeout) {
        if (Drivers.LETTUCE && factory instanceof LettuceConnectionFactory lettuce) {
            return new LettuceConnections(lettuce, target, commandTimeout);
        }
        if (Drivers.JEDIS && factory instanceof JedisConnectionFactory jedis) {
            return new JedisConnections(jedis, commandTimeout);
        }
        return null;
    }
}
