package dev.breaker.spring.autoconfigure;

import dev.breaker.Breaker;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.InvalidConfigException;
import dev.breaker.KeyedBreakers;
import dev.breaker.OutcomeClassifier;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.aop.BreakerResolver;
import dev.breaker.spring.aop.CircuitBreakerPostProcessor;
import dev.breaker.spring.aop.EventLoops;
import dev.breaker.spring.probe.HealthProbeFinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Auto-configuration of circuit breakers: the registry, and the interception of annotated methods. */
@AutoConfiguration(after = BreakerRedisAutoConfiguration.class)
@EnableConfigurationProperties(BreakerProperties.class)
public final class BreakerAutoConfiguration {

    @Bean
    BreakerConfigs breakerConfigs(
            BreakerProperties properties,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<OutcomeClassifier> classifier,
            ObjectProvider<BreakerConfigCustomizer> customizers) {
        BreakerConfigs configs = new BreakerConfigs(
                properties,
                new Classification(new ConfiguredClasses(beans), classifier.getIfUnique()),
                new HealthProbeFinder(beans),
                customizers.orderedStream().toList());
        Resilience4jSettings.report(properties, configs.places());
        return configs;
    }

    @Bean
    @ConditionalOnMissingBean
    BreakerResolver breakerResolver(BreakerRegistry registry, BreakerConfigs configs) {
        return new BreakerResolver() {

            @Override
            public Breaker resolve(String name, String template) {
                if (!template.isEmpty()) {
                    configs.useTemplate(name, template, registry.find(name).isPresent());
                }
                return registry.breaker(name);
            }

            @Override
            public KeyedBreakers keyed(String name) {
                return registry.keyed(name);
            }
        };
    }

    @Bean
    BreakerPropertiesRebinder breakerPropertiesRebinder(
            Environment environment, BreakerProperties properties, BreakerConfigs configs, BreakerRegistry registry) {
        return new BreakerPropertiesRebinder(environment, properties, configs, registry);
    }

    /*
     * A post-processor comes before all beans and so must not need any: it reads its one setting from the environment. That of a
     * parent context does not see the beans of a child.
     */
    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    static CircuitBreakerPostProcessor circuitBreakerPostProcessor(
            Environment environment, ObjectProvider<BreakerResolver> breakers) {
        int order = environment.getProperty("breaker.aspect.order", Integer.class, Ordered.LOWEST_PRECEDENCE);
        return new CircuitBreakerPostProcessor(breakers, order);
    }

    /** The registry, unless there is another, whose start and end are not ours. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(BreakerRegistry.class)
    static final class OwnRegistry {

        @Bean
        BreakerRegistry breakerRegistry(
                BreakerProperties properties,
                BreakerConfigs configs,
                ObjectProvider<SharedStore> store,
                ObjectProvider<Ticker> ticker,
                ObjectProvider<BreakerListener> listeners,
                ApplicationEventPublisher publisher) {
            BreakerRegistry.Builder builder = BreakerRegistry.builder().configs(configs::of);
            checked("breaker", () -> builder.maximumBreakers(properties.maximumBreakers()));
            checked(
                    "breaker.shared",
                    () -> builder.syncInterval(properties.shared().syncInterval()));
            checked(
                    "breaker.shared",
                    () -> builder.pollInterval(properties.shared().pollInterval()));
            builder.timed(properties.metrics().enabled() && properties.metrics().resilience4jNames());
            store.ifAvailable(builder::store);
            ticker.ifUnique(builder::ticker);
            builder.eventLoop(EventLoops::isThisThreadOne);
            listeners.orderedStream().forEach(builder::listener);
            builder.listener(new ApplicationEvents(publisher));
            return builder.build();
        }

        @Bean
        BreakerLifecycle breakerLifecycle(
                BreakerProperties properties, BreakerRegistry registry, ConfigurableApplicationContext context) {
            return new BreakerLifecycle(registry, properties.instances().keySet(), context);
        }
    }

    private static void checked(String group, Runnable setting) {
        try {
            setting.run();
        } catch (InvalidConfigException invalid) {
            throw BreakerConfigs.refusal(group, invalid);
        }
    }
}
