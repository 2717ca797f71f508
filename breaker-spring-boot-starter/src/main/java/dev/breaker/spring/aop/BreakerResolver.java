package dev.breaker.spring.aop;

import dev.breaker.Breaker;

/** Finds the circuit breaker that an annotation asks for. Must be safe for use by many threads. */
@FunctionalInterface
public interface BreakerResolver {

    /**
     * Finds or creates a circuit breaker; yields the same one whenever asked for the same name.
     *
     * @param name name of the circuit, not blank, its placeholders resolved
     * @param config name of the template for its settings, empty for the defaults
     */
    Breaker resolve(String name, String config);
}
