package dev.breaker.bench;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerMetricsAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A partner behind circuit breakers of Resilience4j, one in each state. Its fallbacks always take the exception. */
public class Resilience4jOffers {

    /** Is called. */
    @CircuitBreaker(name = "closed")
    public String closed(String customer) {
        return customer;
    }

    /** Is never called. */
    @CircuitBreaker(name = "open", fallbackMethod = "standInFor")
    public String open(String customer) {
        throw new AssertionError(customer);
    }

    /** Is never called, as all permits are out. */
    @CircuitBreaker(name = "half-open", fallbackMethod = "standInFor")
    public String halfOpen(String customer) {
        throw new AssertionError(customer);
    }

    /** Public, because a private one sometimes fails when two threads call it. */
    public String standInFor(String customer, CallNotPermittedException rejection) {
        return customer;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({CircuitBreakerAutoConfiguration.class, CircuitBreakerMetricsAutoConfiguration.class})
    static class Beans {

        @Bean
        Resilience4jOffers offers() {
            return new Resilience4jOffers();
        }
    }
}
