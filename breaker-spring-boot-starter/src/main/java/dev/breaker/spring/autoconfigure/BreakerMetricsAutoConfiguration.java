package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.spring.micrometer.BreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the meters of circuit breakers, in every meter registry that Boot binds. */
@AutoConfiguration(after = {BreakerAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnClass({MeterRegistry.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnBean({BreakerRegistry.class, MeterRegistry.class})
@ConditionalOnBooleanProperty(name = "breaker.metrics.enabled", matchIfMissing = true)
public final class BreakerMetricsAutoConfiguration {

    /*
     * What the registry needs, such as a listener or a Redis client that is observed, may need a meter registry. Boot binds that
     * to its binders as soon as it is made, so also to ours, which need the registry; only while singletons are made it waits.
     */
    @Bean
    static LazyInitializationExcludeFilter breakerRegistryComesBeforeItsMeters() {
        return LazyInitializationExcludeFilter.forBeanTypes(BreakerRegistry.class);
    }

    @Bean
    @ConditionalOnMissingBean
    BreakerMetrics breakerMetrics(BreakerProperties properties, BreakerRegistry registry) {
        return new BreakerMetrics(registry, properties.metrics().resilience4jNames());
    }
}
