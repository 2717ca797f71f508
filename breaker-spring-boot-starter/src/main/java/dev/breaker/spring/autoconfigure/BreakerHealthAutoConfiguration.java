package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.spring.actuate.BreakersHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the health contributor {@code breakers}. */
@AutoConfiguration(after = BreakerAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(BreakerRegistry.class)
public final class BreakerHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("breakers")
    @ConditionalOnMissingBean(name = "breakersHealthIndicator")
    HealthIndicator breakersHealthIndicator(BreakerRegistry registry) {
        return new BreakersHealthIndicator(registry);
    }
}
