package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import dev.breaker.spring.actuate.BreakerEventsEndpoint;
import dev.breaker.spring.actuate.BreakersEndpoint;
import dev.breaker.spring.actuate.EventLog;
import dev.breaker.spring.actuate.KnownFields;
import java.time.InstantSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the endpoints {@code breakers} and {@code breakerevents}, where they are exposed. */
@AutoConfiguration(after = BreakerAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(BreakerRegistry.class)
public final class BreakerEndpointAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    BreakersEndpoint breakersEndpoint(BreakerRegistry registry) {
        return new BreakersEndpoint(registry);
    }

    @Bean
    KnownFields breakersKnownFields() {
        return new KnownFields();
    }

    /** Nothing is recorded where nobody can read it. */
    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    BreakerEventsEndpoint breakerEventsEndpoint(BreakerProperties properties, BreakerRegistry registry) {
        EventLog log = new EventLog(registry, properties.events().bufferSize(), InstantSource.system());
        registry.addListener(log);
        return new BreakerEventsEndpoint(registry, log);
    }
}
