package dev.breaker.spring.cloud;

import dev.breaker.BreakerConfig;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreakerFactory;

/**
 * Gives Spring Cloud the application's circuits for reactive calls; names and settings are as {@link BreakerFactory} says.
 *
 * <p>{@link ReactiveCircuitBreaker#run} asks the circuit anew for each subscription and never blocks: where the store must be
 * asked for a probe's permit, the source is subscribed to later, on {@link reactor.core.scheduler.Schedulers#boundedElastic()}.
 * A rejected subscription never reaches the source. A call ends with the end of its stream. Cancelled before the first element
 * it is not counted, after it it is a success. Safe for use by many threads.
 */
public final class ReactiveBreakerFactory extends ReactiveCircuitBreakerFactory<BreakerConfig, BreakerConfigBuilder> {

    private final FactoryCircuits circuits;
    private volatile @Nullable Function<String, BreakerConfig> defaults;

    /** Gives out these circuits. */
    public ReactiveBreakerFactory(FactoryCircuits circuits) {
        this.circuits = circuits;
    }

    /**
     * Gives out the circuit of a name.
     *
     * @throws IllegalArgumentException if the name breaks its rule
     * @throws IllegalStateException if there are too many circuits
     */
    @Override
    public ReactiveCircuitBreaker create(String id) {
        return new ReactorBreaker(circuits.circuit(id, null, defaults));
    }

    /**
     * As {@link #create(String)}; a new circuit about which nothing is written takes its settings from the template of the
     * group's name, if there is one.
     */
    @Override
    public ReactiveCircuitBreaker create(String id, String groupName) {
        return new ReactorBreaker(circuits.circuit(id, groupName, defaults));
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
