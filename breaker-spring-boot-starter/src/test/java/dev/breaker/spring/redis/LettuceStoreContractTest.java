package dev.breaker.spring.redis;

import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreContract;
import dev.breaker.spring.redis.RedisStoreSupport.Driver;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class LettuceStoreContractTest extends SharedStoreContract {

    private static RealRedis redis;

    private static SharedStore store;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        store = RedisStoreSupport.connected(Driver.LETTUCE, redis);
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @Override
    protected SharedStore store() {
        return store;
    }

    @Override
    protected void advance(Duration time) {
        RedisStoreSupport.pass(time);
    }
}
