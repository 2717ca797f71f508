package dev.breaker.spring.autoconfigure;

import dev.breaker.shared.SharedStore;
import dev.breaker.spring.redis.RedisSharedStoreFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of the sharing of circuits through Redis, wherever the application has a connection factory. It is copied,
 * with connections and time-outs of its own; one with the qualifier {@code breaker} is used as it is.
 */
@AutoConfiguration(after = DataRedisAutoConfiguration.class)
@ConditionalOnClass({RedisConnectionFactory.class, DataRedisAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "breaker.shared.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BreakerProperties.class)
public final class BreakerRedisAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(BreakerRedisAutoConfiguration.class);

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Conditional(OnConnectionFactory.class)
    @Nullable
    SharedStore breakerSharedStore(
            BreakerProperties properties,
            Environment environment,
            @Qualifier("breaker") ObjectProvider<RedisConnectionFactory> own,
            ObjectProvider<RedisConnectionFactory> application,
            ObjectProvider<DataRedisConnectionDetails> details) {
        RedisSharedStoreFactory.Settings settings = settings(properties.shared(), environment);
        RedisConnectionFactory qualified = own.getIfUnique();
        if (qualified != null) {
            return RedisSharedStoreFactory.using(qualified, settings);
        }
        RedisConnectionFactory factory = application.getIfUnique();
        if (factory == null) {
            log.warn("Circuit breakers are not shared: of the Redis connection factories, none is the only candidate or"
                    + " primary, and none has the qualifier 'breaker'");
            return null;
        }
        return RedisSharedStoreFactory.derivedFrom(factory, masterReplica(details.getIfUnique()), settings);
    }

    private static RedisSharedStoreFactory.Settings settings(BreakerProperties.Shared shared, Environment environment) {
        Duration timeout = shared.commandTimeout();
        if (timeout.compareTo(Duration.ofMillis(10)) < 0 || timeout.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "breaker.shared.command-timeout", timeout, "Must be between 10ms and 10s.");
        }
        String namespace = shared.namespace();
        String name = StringUtils.hasText(namespace) ? namespace : environment.getProperty("spring.application.name");
        if (!StringUtils.hasText(name)) {
            log.warn(
                    "Circuit breakers are shared with every service that has no name either: set spring.application.name"
                            + " or breaker.shared.namespace");
            name = "application";
        }
        return new RedisSharedStoreFactory.Settings(shared.prefix(), name, timeout);
    }

    /* A connection factory for static master and replicas cannot tell where it connects; the application's settings can. */
    private static @Nullable RedisStaticMasterReplicaConfiguration masterReplica(
            @Nullable DataRedisConnectionDetails details) {
        DataRedisConnectionDetails.MasterReplica nodes = details == null ? null : details.getMasterReplica();
        if (details == null || nodes == null) {
            return null;
        }
        DataRedisConnectionDetails.Node first = nodes.getNodes().get(0);
        RedisStaticMasterReplicaConfiguration target =
                new RedisStaticMasterReplicaConfiguration(first.host(), first.port());
        nodes.getNodes().stream().skip(1).forEach(node -> target.addNode(node.host(), node.port()));
        target.setUsername(details.getUsername());
        target.setPassword(RedisPassword.of(details.getPassword()));
        return target;
    }

    /** Whether there is a connection factory at all; Boot's own condition overlooks those that are no default candidates. */
    static final class OnConnectionFactory implements ConfigurationCondition {

        @Override
        public ConfigurationPhase getConfigurationPhase() {
            return ConfigurationPhase.REGISTER_BEAN;
        }

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            return beans != null
                    && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                                            beans, RedisConnectionFactory.class, true, false)
                                    .length
                            > 0;
        }
    }
}
