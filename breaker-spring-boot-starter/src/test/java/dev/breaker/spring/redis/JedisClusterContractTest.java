package dev.breaker.spring.redis;

import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

class JedisClusterContractTest extends SharedStoreContract {

    private static RealRedisCluster cluster;

    private static SharedStore store;

    @BeforeAll
    static void start() {
        cluster = RealRedisCluster.start();
        store = RedisStoreSupport.awaitConnected(RedisSharedStoreFactory.derivedFrom(
                new JedisConnectionFactory(new RedisClusterConfiguration(cluster.addresses())),
                null,
                new RedisSharedStoreFactory.Settings("breaker", "test", RedisStoreSupport.PATIENT)));
    }

    @AfterAll
    static void stop() {
        store.close();
        cluster.close();
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
