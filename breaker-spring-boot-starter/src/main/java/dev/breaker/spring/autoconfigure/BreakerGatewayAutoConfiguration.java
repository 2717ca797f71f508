package dev.breaker.spring.autoconfigure;

import dev.breaker.spring.cloud.BreakerGatewayFilterFactory;
import dev.breaker.spring.cloud.ReactiveBreakerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.gateway.filter.factory.FallbackHeadersGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.SpringCloudCircuitBreakerFilterFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

/** Auto-configuration of Spring Cloud Gateway's filters {@code CircuitBreaker} and {@code FallbackHeaders}. */
@AutoConfiguration(
        after = BreakerCloudAutoConfiguration.class,
        afterName = "org.springframework.cloud.gateway.config.GatewayResilience4JCircuitBreakerAutoConfiguration")
@ConditionalOnClass({SpringCloudCircuitBreakerFilterFactory.class, DispatcherHandler.class})
@ConditionalOnBooleanProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
@ConditionalOnBean(ReactiveBreakerFactory.class)
public final class BreakerGatewayAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(SpringCloudCircuitBreakerFilterFactory.class)
    BreakerGatewayFilterFactory breakerGatewayFilterFactory(
            ReactiveBreakerFactory circuits, ObjectProvider<DispatcherHandler> dispatcherHandler) {
        return new BreakerGatewayFilterFactory(circuits, dispatcherHandler);
    }

    @Bean
    @ConditionalOnMissingBean
    FallbackHeadersGatewayFilterFactory fallbackHeadersGatewayFilterFactory() {
        return new FallbackHeadersGatewayFilterFactory();
    }
}
