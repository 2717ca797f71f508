package dev.breaker.spring.redis;

import static org.awaitility.Awaitility.await;

import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The drivers under test, and stores on a real server. */
final class RedisStoreSupport {

    /** Generous, for a machine that is busy with other things. */
    static final Duration PATIENT = Duration.ofSeconds(2);

    private RedisStoreSupport() {}

    /** Which client the application uses. */
    enum Driver {
        LETTUCE,
        JEDIS;

        /** A factory as an application has it. */
        RedisConnectionFactory application(RealRedis redis) {
            var target = new RedisStandaloneConfiguration(redis.host(), redis.port());
            target.setPassword(redis.password());
            return application(target);
        }

        RedisConnectionFactory application(RedisStandaloneConfiguration target) {
            return this == LETTUCE ? new LettuceConnectionFactory(target) : new JedisConnectionFactory(target);
        }
    }

    static SharedStore connected(Driver driver, RealRedis redis) {
        return awaitConnected(store(driver, redis, PATIENT));
    }

    static SharedStore store(Driver driver, RealRedis redis, Duration commandTimeout) {
        return RedisSharedStoreFactory.derivedFrom(
                driver.application(redis),
                null,
                new RedisSharedStoreFactory.Settings("breaker", "test", commandTimeout));
    }

    static SharedStore awaitConnected(SharedStore store) {
        await().atMost(Duration.ofSeconds(20)).until(((RedisSharedStore) store)::isConnected);
        return store;
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Lets the server's time pass, which cannot be moved. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await().pollDelay(time).pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - end >= 0);
    }
}
