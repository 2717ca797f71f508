package dev.breaker.bench;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerMetricsAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerRedisAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A partner behind circuit breakers of this library, one in each state. */
public class BreakerOffers {

    /** Is called. */
    @CircuitBreaker(name = "closed")
    public String closed(String customer) {
        return customer;
    }

    /** Is never called. */
    @CircuitBreaker(name = "open", fallbackMethod = "standIn")
    public String open(String customer) {
        throw new AssertionError(customer);
    }

    /** Is never called, and the fallback wants to know why. */
    @CircuitBreaker(name = "open", fallbackMethod = "standInFor")
    public String openWithCause(String customer) {
        throw new AssertionError(customer);
    }

    /** Is never called, as all permits are out. */
    @CircuitBreaker(name = "half-open", fallbackMethod = "standIn")
    public String halfOpen(String customer) {
        throw new AssertionError(customer);
    }

    String standIn(String customer) {
        return customer;
    }

    String standInFor(String customer, CallNotPermittedException rejection) {
        return customer;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        BreakerAutoConfiguration.class,
        BreakerMetricsAutoConfiguration.class,
        BreakerRedisAutoConfiguration.class,
        DataRedisAutoConfiguration.class
    })
    static class Beans {

        @Bean
        BreakerOffers offers() {
            return new BreakerOffers();
        }
    }
}
