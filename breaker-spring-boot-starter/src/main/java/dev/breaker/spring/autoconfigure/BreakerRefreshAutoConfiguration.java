package dev.breaker.spring.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the rebinding of {@code breaker.*} whenever Spring Cloud says that the environment has changed. */
@AutoConfiguration(after = BreakerAutoConfiguration.class)
@ConditionalOnClass(EnvironmentChangeEvent.class)
@ConditionalOnBean(BreakerPropertiesRebinder.class)
public final class BreakerRefreshAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(BreakerRefreshAutoConfiguration.class);

    /** What is wrong here must not keep other listeners from the change. */
    @Bean
    ApplicationListener<EnvironmentChangeEvent> breakerEnvironmentChanges(BreakerPropertiesRebinder rebinder) {
        return new ApplicationListener<>() {
            @Override
            public void onApplicationEvent(EnvironmentChangeEvent event) {
                rebind(rebinder);
            }
        };
    }

    private static void rebind(BreakerPropertiesRebinder rebinder) {
        try {
            rebinder.rebind();
        } catch (InvalidConfigurationPropertyValueException invalid) {
            log.error("Circuit breakers keep their settings: {}", invalid.getMessage());
        } catch (RuntimeException fault) {
            log.error("Circuit breakers could not take over all changed settings", fault);
        }
    }
}
