package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.spring.actuate.BreakersHealthIndicator;
import dev.breaker.spring.actuate.HealthRules;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the health contributor {@code breakers}. */
@AutoConfiguration(after = BreakerAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(BreakerRegistry.class)
public final class BreakerHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("breakers")
    @ConditionalOnMissingBean(name = "breakersHealthIndicator")
    HealthIndicator breakersHealthIndicator(
            BreakerRegistry registry,
            BreakerProperties properties,
            BreakerConfigs configs,
            ObjectProvider<StatusAggregator> aggregator) {
        return new BreakersHealthIndicator(
                registry,
                new HealthRules(
                        configs::isShownInHealth,
                        configs::affectsHealth,
                        statuses(properties.health()),
                        aggregator.getIfAvailable(StatusAggregator::getDefault)));
    }

    private static Map<BreakerState, Status> statuses(BreakerProperties.Health health) {
        Map<BreakerState, Status> statuses = new EnumMap<>(BreakerState.class);
        statuses.put(BreakerState.OPEN, Status.DOWN);
        statuses.put(BreakerState.FORCED_OPEN, Status.DOWN);
        health.status().forEach((state, status) -> statuses.put(state, new Status(status)));
        return statuses;
    }
}
