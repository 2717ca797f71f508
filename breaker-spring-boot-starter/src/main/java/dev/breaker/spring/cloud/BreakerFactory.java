package dev.breaker.spring.cloud;

import dev.breaker.BreakerConfig;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;

/**
 * Gives Spring Cloud the application's circuits: an id is the name of one, the same that an annotation or the registry gives
 * under that name.
 *
 * <p>A circuit takes its settings from the first of these that exists: {@code breaker.instances.<id>}, the template
 * {@code breaker.configs.<group>}, {@link #configureDefault}, {@code breaker.defaults}. What {@link #configure} says lies over
 * them. They hold for good once the circuit exists, whoever asked for it first.
 *
 * <p>{@link CircuitBreaker#run} makes the call in the caller's thread. Its fallback answers for a rejected call, with a
 * {@link dev.breaker.CallNotPermittedException}, and for whatever the call throws, also what is not counted as a failure; only
 * a {@link VirtualMachineError} goes out untouched. Safe for use by many threads.
 */
public final class BreakerFactory extends CircuitBreakerFactory<BreakerConfig, BreakerConfigBuilder> {

    private final FactoryCircuits circuits;
    private volatile @Nullable Function<String, BreakerConfig> defaults;

    /** Gives out these circuits. */
    public BreakerFactory(FactoryCircuits circuits) {
        this.circuits = circuits;
    }

    /**
     * Gives out the circuit of a name.
     *
     * @throws IllegalArgumentException if the name breaks its rule
     * @throws IllegalStateException if there are too many circuits
     */
    @Override
    public CircuitBreaker create(String id) {
        return new BlockingBreaker(circuits.circuit(id, null, defaults));
    }

    /**
     * As {@link #create(String)}; a new circuit about which nothing is written takes its settings from the template of the
     * group's name, if there is one.
     */
    @Override
    public CircuitBreaker create(String id, String groupName) {
        return new BlockingBreaker(circuits.circuit(id, groupName, defaults));
    }

    /**
     * Changes the settings of circuits before they are created, here or anywhere else.
     *
     * @throws dev.breaker.InvalidConfigException if the settings break a rule
     * @throws IllegalStateException if a circuit exists with other settings
     */
    @Override
    public void configure(Consumer<BreakerConfigBuilder> consumer, String... ids) {
        for (String id : ids) {
            circuits.configure(id, BreakerConfigBuilder.change(consumer));
        }
    }

    /** Sets where this factory's circuits take their settings from if the properties say nothing about them. */
    @Override
    public void configureDefault(Function<String, BreakerConfig> defaultConfiguration) {
        defaults = defaultConfiguration;
    }

    @Override
    protected BreakerConfigBuilder configBuilder(String id) {
        return new BreakerConfigBuilder(circuits.settings(id));
    }
}
