package dev.breaker.bench;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.redis.RedisSharedStoreFactory;
import dev.breaker.spring.redis.RedisSharedStoreFactory.Settings;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** One instance of a service: a registry with connections of its own, as the starter makes them. */
final class SharedInstance implements AutoCloseable {

    static {
        LoggingSystem.get(SharedInstance.class.getClassLoader()).setLogLevel("dev.breaker", LogLevel.OFF);
    }

    private final SharedStore store;
    private final BreakerRegistry registry;

    private SharedInstance(SharedStore store) {
        this.store = store;
        this.registry = BreakerRegistry.builder().store(store).build();
    }

    /** Starts one of the instances that share circuits, with default settings. */
    static SharedInstance start(int port) {
        return new SharedInstance(RedisSharedStoreFactory.derivedFrom(
                new LettuceConnectionFactory("127.0.0.1", port),
                null,
                new Settings("breaker", "bench", Settings.DEFAULT_COMMAND_TIMEOUT)));
    }

    BreakerRegistry registry() {
        return registry;
    }

    Breaker breaker(String name) {
        return registry.breaker(name);
    }

    SharedStore store() {
        return store;
    }

    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
