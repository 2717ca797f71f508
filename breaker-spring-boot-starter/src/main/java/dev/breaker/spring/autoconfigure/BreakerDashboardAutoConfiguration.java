package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.Ticker;
import dev.breaker.spring.dashboard.BreakerDashboardEndpoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Auto-configuration of the endpoint {@code breakerdashboard}, the operator's page, where it is exposed. */
@AutoConfiguration(after = BreakerAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(BreakerRegistry.class)
public final class BreakerDashboardAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    BreakerDashboardEndpoint breakerDashboardEndpoint(
            Environment environment,
            BreakerRegistry registry,
            ObjectProvider<Ticker> ticker,
            ObjectProvider<WebEndpointsSupplier> endpoints) {
        return new BreakerDashboardEndpoint(
                environment.getProperty("spring.application.name", "application"),
                registry,
                ticker.getIfUnique(Ticker::system),
                new DecisionsPath(endpoints));
    }
}
