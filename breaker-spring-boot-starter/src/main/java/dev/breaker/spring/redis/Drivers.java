package dev.breaker.spring.redis;

import org.springframework.util.ClassUtils;

/** Which drivers are there; classes that need one are not touched without it. */
final class Drivers {

    static final String JEDIS_TYPE = "redis.clients.jedis.UnifiedJedis";

    static final boolean LETTUCE = isPresent("io.lettuce.core.RedisClient");

    static final boolean JEDIS = isPresent(JEDIS_TYPE);

    private Drivers() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, Drivers.class.getClassLoader());
    }
}
