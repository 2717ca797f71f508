package dev.breaker.spring.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** Puts the Lua scripts into a native image, and lets it see whether Jedis is there; Lettuce has a hint of its own. */
final class RedisHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("META-INF/breaker/*.lua");
        hints.reflection().registerTypeIfPresent(classLoader, Drivers.JEDIS_TYPE);
    }
}
