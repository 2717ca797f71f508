package dev.breaker.spring.cloud;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the factories ask of the application's circuits. Must be safe for use by many threads. */
public interface FactoryCircuits {

    /**
     * Finds a circuit or creates it.
     *
     * @param id name of the circuit
     * @param group name of the template for its settings, if there is such a template and nothing is written about the circuit
     * @param defaults settings of a circuit about which nothing is written and whose group has no template; null for those of
     *     the application
     * @throws IllegalArgumentException if the name breaks its rule
     * @throws IllegalStateException if there are too many circuits
     */
    Breaker circuit(String id, @Nullable String group, @Nullable Function<String, BreakerConfig> defaults);

    /** The settings that a circuit has or would be created with. */
    BreakerConfig settings(String id);

    /**
     * Changes the settings of a circuit before it is created.
     *
     * @param change yields the changed settings
     * @throws dev.breaker.InvalidConfigException if they break a rule
     * @throws IllegalStateException if the circuit exists with other settings
     */
    void configure(String id, UnaryOperator<BreakerConfig> change);
}
