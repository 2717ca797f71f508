package dev.breaker.spring.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.Delay;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Connects as the application's Lettuce factory does, with settings of its own: short time-outs, no queue while disconnected,
 * quick reconnecting, the master only. It has few event loops of its own, all daemon threads, instead of the application's:
 * sharing must not suffer from an application that blocks those, nor hurt one that needs them.
 */
final class LettuceConnections implements ConnectionSource {

    private static final int REQUESTS = 10_000;

    /* Commands have a time-out of their own. This one is that of the handshake, for which a JVM that starts has little time. */
    private static final int HANDSHAKE = 4;

    private final LettuceConnectionFactory application;

    private final @Nullable RedisConfiguration target;

    private final Duration commandTimeout;

    private final EventLoops eventLoops = new EventLoops();

    private final ClientResources resources = ClientResources.builder()
            .eventLoopGroupProvider(eventLoops)
            .computationThreadPoolSize(2)
            .reconnectDelay(Delay.exponential(Duration.ofMillis(50), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS))
            .build();

    /**
     * @param target where to connect; null to ask the factory, which cannot tell static master and replicas
     */
    LettuceConnections(
            LettuceConnectionFactory application, @Nullable RedisConfiguration target, Duration commandTimeout) {
        this.application = application;
        this.target = target;
        this.commandTimeout = commandTimeout;
    }

    @Override
    public RedisConnectionFactory open() {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(target(), client());
        factory.afterPropertiesSet();
        return factory;
    }

    @Override
    public void release(RedisConnectionFactory factory) {
        ((LettuceConnectionFactory) factory).destroy();
    }

    @Override
    public int database() {
        return application.getDatabase();
    }

    @Override
    public String describe() {
        return Targets.describe(target()) + " (Lettuce)";
    }

    @Override
    public void close() {
        var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
        var unusedToo = eventLoops.shutdown(0, 1, TimeUnit.SECONDS);
    }

    /*
     * Lettuce stops event loops with the last client that uses them. A connection that is still being made then fails with an
     * error in the log, so they live as long as this source.
     */
    private static final class EventLoops extends DefaultEventLoopGroupProvider {

        private EventLoops() {
            super(2);
        }

        @Override
        public Promise<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.<Boolean>newPromise().setSuccess(true);
        }
    }

    private LettuceClientConfiguration client() {
        LettuceClientConfiguration source = application.getClientConfiguration();
        var client = LettuceClientConfiguration.builder()
                .commandTimeout(commandTimeout.multipliedBy(HANDSHAKE))
                .shutdownTimeout(Duration.ZERO)
                .shutdownQuietPeriod(Duration.ZERO)
                .clientName("breaker")
                .clientResources(resources)
                .clientOptions(options(source.getClientOptions().orElseGet(ClientOptions::create)));
        if (source.isUseSsl()) {
            var ssl = client.useSsl().verifyPeer(source.getVerifyMode());
            if (source.isStartTls()) {
                ssl.startTls();
            }
        }
        source.getRedisCredentialsProviderFactory().ifPresent(client::redisCredentialsProviderFactory);
        return client.build();
    }

    /* mutate() keeps what the application set, such as TLS, and a cluster's topology refresh. */
    private ClientOptions options(ClientOptions application) {
        return application
                .mutate()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(REQUESTS)
                .timeoutOptions(TimeoutOptions.enabled(commandTimeout))
                .socketOptions(application
                        .getSocketOptions()
                        .mutate()
                        .connectTimeout(commandTimeout.multipliedBy(2))
                        .build())
                .build();
    }

    /* Without any other, the factory has a standalone configuration, and a wrong one if it was given an interface type. */
    private RedisConfiguration target() {
        if (target != null) {
            return target;
        }
        if (application.getClusterConfiguration() != null) {
            return application.getClusterConfiguration();
        }
        if (application.getSentinelConfiguration() != null) {
            return application.getSentinelConfiguration();
        }
        if (application.getSocketConfiguration() != null) {
            return application.getSocketConfiguration();
        }
        RedisStandaloneConfiguration standalone = application.getStandaloneConfiguration();
        if (standalone.getHostName().equals(application.getHostName())
                && standalone.getPort() == application.getPort()) {
            return standalone;
        }
        var actual = new RedisStandaloneConfiguration(application.getHostName(), application.getPort());
        actual.setDatabase(application.getDatabase());
        actual.setPassword(application.getPassword());
        return actual;
    }
}
