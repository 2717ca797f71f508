package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.spring.cloud.BreakerFactory;
import dev.breaker.spring.cloud.FactoryCircuits;
import dev.breaker.spring.cloud.ReactiveBreakerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreakerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/**
 * Auto-configuration of Spring Cloud's circuit breaker factories, unless another implementation of Spring Cloud Circuit Breaker
 * is present, which keeps what it had. {@link Customizer} beans of the factories are applied.
 */
@AutoConfiguration(
        after = BreakerAutoConfiguration.class,
        afterName = {
            "org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JAutoConfiguration",
            "org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JAutoConfiguration",
            "org.springframework.cloud.circuitbreaker.retry.FrameworkRetryAutoConfiguration",
            "org.springframework.cloud.circuitbreaker.springretry.SpringRetryAutoConfiguration"
        },
        beforeName = {
            "org.springframework.cloud.client.CommonsClientAutoConfiguration",
            "org.springframework.cloud.openfeign.FeignAutoConfiguration"
        })
@ConditionalOnClass(CircuitBreakerFactory.class)
@ConditionalOnBean(BreakerRegistry.class)
@ConditionalOnBooleanProperty(name = "spring.cloud.circuitbreaker.breaker.enabled", matchIfMissing = true)
public final class BreakerCloudAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FactoryCircuits breakerFactoryCircuits(BreakerRegistry registry, BreakerConfigs configs) {
        return new RegistryCircuits(registry, configs);
    }

    @Bean
    @ConditionalOnMissingBean(CircuitBreakerFactory.class)
    BreakerFactory breakerFactory(FactoryCircuits circuits, ObjectProvider<Customizer<BreakerFactory>> customizers) {
        BreakerFactory factory = new BreakerFactory(circuits);
        customizers.orderedStream().forEach(customizer -> customizer.customize(factory));
        return factory;
    }

    /** The factory for reactive calls, where there is Reactor. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Mono.class)
    static final class Reactive {

        @Bean
        @ConditionalOnMissingBean(ReactiveCircuitBreakerFactory.class)
        ReactiveBreakerFactory reactiveBreakerFactory(
                FactoryCircuits circuits, ObjectProvider<Customizer<ReactiveBreakerFactory>> customizers) {
            ReactiveBreakerFactory factory = new ReactiveBreakerFactory(circuits);
            customizers.orderedStream().forEach(customizer -> customizer.customize(factory));
            return factory;
        }
    }
}
