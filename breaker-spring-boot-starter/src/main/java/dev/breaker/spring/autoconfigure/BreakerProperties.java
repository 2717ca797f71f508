package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerState;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties under {@code breaker}. A property that is not known stops the application, so that a misspelt threshold is
 * not silently the default.
 *
 * @param defaults settings of every circuit
 * @param configs settings of templates, by name
 * @param instances settings of circuits, by name
 * @param maximumBreakers how many circuits there may be
 * @param aspect how annotated methods are intercepted
 * @param shared how circuits are shared through Redis
 * @param health what circuits make of the application's health
 * @param events what the endpoint {@code breakerevents} remembers
 * @param metrics which meters are published through Micrometer
 * @param circuitBreakerAspectOrder without effect; Resilience4j's order of its aspect
 * @param tags without effect; Resilience4j's tags of metrics
 */
@ConfigurationProperties(prefix = "breaker", ignoreUnknownFields = false)
public record BreakerProperties(
        @NestedConfigurationProperty @DefaultValue CircuitProperties defaults,
        @DefaultValue Map<String, CircuitProperties> configs,
        @DefaultValue Map<String, CircuitProperties> instances,
        @DefaultValue("10000") int maximumBreakers,
        @DefaultValue Aspect aspect,
        @DefaultValue Shared shared,
        @DefaultValue Health health,
        @DefaultValue Events events,
        @DefaultValue Metrics metrics,
        @Nullable Integer circuitBreakerAspectOrder,
        @DefaultValue Map<String, String> tags) {

    /**
     * Which meters are published through Micrometer.
     *
     * @param enabled whether any are
     * @param resilience4jNames whether the meters of Resilience4j are published in addition, for dashboards made for it; then
     *     every call is timed
     */
    public record Metrics(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("false") boolean resilience4jNames) {}

    /**
     * What circuits make of the application's health.
     *
     * @param status the health status that a state means, for circuits with {@code affects-health}; DOWN for OPEN and
     *     FORCED_OPEN unless set, UP for all others
     */
    public record Health(@DefaultValue Map<BreakerState, String> status) {}

    /**
     * What the endpoint {@code breakerevents} remembers.
     *
     * @param bufferSize so many transitions, and so many failures and ignored exceptions, of each circuit, or of
     *     all keys of a name together, 1 to 10,000
     */
    public record Events(@DefaultValue("100") int bufferSize) {}

    /**
     * How annotated methods are intercepted.
     *
     * @param order position among the post-processors that wrap beans; the later one wraps the earlier ones, so the default,
     *     the lowest precedence, puts circuit breakers outside retries and concurrency limits
     */
    public record Aspect(@DefaultValue("2147483647") int order) {}

    /**
     * How circuits are shared through Redis.
     *
     * @param enabled whether circuits are shared if there is a Redis connection factory
     * @param prefix first part of every key in Redis
     * @param namespace second part of every key in Redis: services with the same namespace share circuits of the same name;
     *     the application's name unless set
     * @param syncInterval how often a circuit with news exchanges with Redis
     * @param pollInterval how often a circuit without news looks for those of others
     * @param commandTimeout how long an answer of Redis may take before this instance decides by itself
     */
    public record Shared(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("breaker") String prefix,
            @Nullable String namespace,
            @DefaultValue("250ms") Duration syncInterval,
            @DefaultValue("1s") Duration pollInterval,
            @DefaultValue("250ms") Duration commandTimeout) {}
}
