package dev.breaker.spring.cloud;

import dev.breaker.CallNotPermittedException;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.factory.SpringCloudCircuitBreakerFilterFactory;
import org.springframework.cloud.gateway.support.ServiceUnavailableException;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/**
 * The filter {@code CircuitBreaker} of Spring Cloud Gateway, which has one for Resilience4j only. Without {@code fallbackUri} a
 * rejected request is answered with 503, one that timed out with 504, and others as they failed.
 */
public final class BreakerGatewayFilterFactory extends SpringCloudCircuitBreakerFilterFactory {

    /** Guards routes with the factory's circuits. */
    public BreakerGatewayFilterFactory(
            ReactiveBreakerFactory circuits, ObjectProvider<DispatcherHandler> dispatcherHandler) {
        super(circuits, dispatcherHandler);
    }

    @Override
    protected Mono<Void> handleErrorWithoutFallback(Throwable thrown, boolean resumeWithoutError) {
        if (thrown instanceof TimeoutException) {
            return Mono.error(new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, thrown.getMessage(), thrown));
        }
        if (thrown instanceof CallNotPermittedException) {
            return Mono.error(new ServiceUnavailableException(thrown.getMessage()));
        }
        return resumeWithoutError ? Mono.empty() : Mono.error(thrown);
    }
}
