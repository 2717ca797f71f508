package dev.breaker.spring.redis;

import java.time.Duration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.builders.ClusterClientBuilder;

/** Connects as the application's Jedis factory does, with short time-outs and a small pool of its own. */
final class JedisConnections implements ConnectionSource {

    private final JedisConnectionFactory application;

    private final Duration commandTimeout;

    JedisConnections(JedisConnectionFactory application, Duration commandTimeout) {
        this.application = application;
        this.commandTimeout = commandTimeout;
    }

    /* A factory for a cluster or for sentinels that has failed to start is stuck for ever: a new one for each attempt. */
    @Override
    public RedisConnectionFactory open() {
        JedisConnectionFactory factory = create(client());
        factory.afterPropertiesSet();
        return factory;
    }

    @Override
    public void release(RedisConnectionFactory factory) {
        ((JedisConnectionFactory) factory).destroy();
    }

    @Override
    public int database() {
        return application.getDatabase();
    }

    @Override
    public String describe() {
        return Targets.describe(
                        application.getClusterConfiguration() != null
                                ? application.getClusterConfiguration()
                                : application.getSentinelConfiguration() != null
                                        ? application.getSentinelConfiguration()
                                        : standalone())
                + " (Jedis)";
    }

    @Override
    public void close() {}

    private JedisConnectionFactory create(JedisClientConfiguration client) {
        if (application.getClusterConfiguration() != null) {
            return new JedisConnectionFactory(application.getClusterConfiguration(), client);
        }
        if (application.getSentinelConfiguration() != null) {
            return new JedisConnectionFactory(application.getSentinelConfiguration(), client);
        }
        return new JedisConnectionFactory(standalone(), client);
    }

    private RedisStandaloneConfiguration standalone() {
        RedisStandaloneConfiguration standalone = application.getStandaloneConfiguration();
        if (standalone == null) {
            throw new IllegalStateException("A Jedis connection factory of an unknown kind");
        }
        return standalone;
    }

    private JedisClientConfiguration client() {
        JedisClientConfiguration source = application.getClientConfiguration();
        var client = JedisClientConfiguration.builder();
        if (source.isUseSsl()) {
            var ssl = client.useSsl();
            source.getSslSocketFactory().ifPresent(ssl::sslSocketFactory);
            source.getSslParameters().ifPresent(ssl::sslParameters);
            source.getHostnameVerifier().ifPresent(ssl::hostnameVerifier);
        }
        source.getClientConfigCustomizer().ifPresent(client::customizeClientConfig);
        client.customizeClient(builder -> {
            if (builder instanceof ClusterClientBuilder<?> cluster) {
                cluster.maxTotalRetriesDuration(commandTimeout);
            }
        });
        client.usePooling().poolConfig(pool());
        return client.readTimeout(commandTimeout)
                .connectTimeout(commandTimeout.multipliedBy(2))
                .clientName("breaker")
                .build();
    }

    private ConnectionPoolConfig pool() {
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(4);
        pool.setMaxIdle(2);
        pool.setMinIdle(0);
        pool.setMaxWait(commandTimeout);
        pool.setJmxEnabled(false);
        return pool;
    }
}
