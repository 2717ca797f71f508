package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;

/**
 * A bean that changes the settings of circuits in code, such as those that no property can express.
 *
 * <p>Called when a circuit is created, after all properties were applied, and again for each circuit when properties change while
 * the application runs: then twice, to check the settings of all circuits before any gets them. So the same name and settings
 * must always lead to the same result. Customizers are called in their order
 * ({@link org.springframework.core.annotation.Order}). Settings that break a rule afterwards, and whatever a customizer throws,
 * prevent the circuit from being created, or all circuits from being changed, with its name in the message. Called by many threads.
 */
@FunctionalInterface
public interface BreakerConfigCustomizer {

    /**
     * Changes the settings of a circuit.
     *
     * @param name name of the circuit
     * @param builder its settings so far
     */
    void customize(String name, BreakerConfig.Builder builder);
}
