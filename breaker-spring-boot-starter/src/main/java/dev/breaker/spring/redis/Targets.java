package dev.breaker.spring.redis;

import java.util.stream.Collectors;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Says where a configuration connects to, without its secrets. */
final class Targets {

    private Targets() {}

    static String describe(RedisConfiguration target) {
        if (target instanceof RedisClusterConfiguration cluster) {
            return "Redis Cluster "
                    + cluster.getClusterNodes().stream().map(Object::toString).collect(Collectors.joining(","));
        }
        if (target instanceof RedisSentinelConfiguration sentinel && sentinel.getMaster() != null) {
            return "Redis Sentinel " + sentinel.getMaster().getName();
        }
        if (target instanceof RedisSocketConfiguration socket) {
            return "Redis " + socket.getSocket();
        }
        if (target instanceof RedisStandaloneConfiguration standalone) {
            return "Redis " + standalone.getHostName() + ":" + standalone.getPort();
        }
        return "Redis";
    }
}
