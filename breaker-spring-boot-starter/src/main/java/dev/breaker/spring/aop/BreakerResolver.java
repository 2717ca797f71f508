package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.KeyedBreakers;

/** Finds the circuit breaker that an annotation asks for. Must be safe for use by many threads. */
public interface BreakerResolver {

    /**
     * Finds or creates a circuit breaker; yields the same one whenever asked for the same name.
     *
     * @param name name of the circuit, not blank, its placeholders resolved
     * @param config name of the template for its settings, empty for the defaults
     */
    Breaker resolve(String name, String config);

    /**
     * Finds the circuit breakers of a name that have keys, with the settings of the one without, which has been asked for.
     *
     * @param name name of the circuits without their keys
     */
    KeyedBreakers keyed(String name);
}
