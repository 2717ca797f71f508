package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerState;
import dev.breaker.spring.autoconfigure.Layers.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What Resilience4j has settings for and Breaker says otherwise or does not have. Names that are only spelt differently are
 * translated by {@link CircuitProperties}.
 */
final class Resilience4jSettings {

    private static final Logger log = LoggerFactory.getLogger(BreakerProperties.class);

    /* What Resilience4j takes where nothing is written. */
    private static final double MULTIPLIER = 1.5;
    private static final double WAIT_FACTOR = 0.5;
    private static final Duration NO_CAP = Duration.ofDays(365);

    private Resilience4jSettings() {}

    /**
     * Applies the settings that switch others on and off or depend on one another.
     *
     * @throws InvalidConfigurationPropertyValueException if a setting asks for what circuits cannot do
     */
    static void apply(Layers layers, BreakerConfig.Builder builder) {
        applySwitches(layers, builder);
        applySmallWindow(layers, builder);
        applyLongWait(layers, builder);
        only(
                BreakerState.OPEN,
                layers.setting(
                        "transition-to-state-after-wait-duration",
                        CircuitProperties::transitionToStateAfterWaitDuration),
                "a half-open circuit that is not decided in time opens again");
    }

    private static void applySwitches(Layers layers, BreakerConfig.Builder builder) {
        Boolean backoff = valueOf(layers, CircuitProperties::enableExponentialBackoff);
        if (backoff != null) {
            double multiplier = layers.value(CircuitProperties::exponentialBackoffMultiplier, MULTIPLIER);
            builder.exponentialBackoffMultiplier(backoff ? multiplier : 1);
        }
        Boolean randomized = valueOf(layers, CircuitProperties::enableRandomizedWait);
        if (randomized != null) {
            double factor = layers.value(CircuitProperties::randomizedWaitFactor, WAIT_FACTOR);
            builder.randomizedWaitFactor(randomized ? factor : 0);
        }
    }

    /* A window of fewer calls than a minimum that is not written about it, but above it or nowhere, waits until it is full. */
    private static void applySmallWindow(Layers layers, BreakerConfig.Builder builder) {
        Setting<Integer> size = layers.setting("", CircuitProperties::slidingWindowSize);
        Setting<Integer> minimum = layers.setting("", CircuitProperties::minimumNumberOfCalls);
        boolean byCount = valueOf(layers, CircuitProperties::slidingWindowType) == SlidingWindowType.COUNT_BASED;
        if (byCount && size != null && (minimum == null || minimum.depth() < size.depth())) {
            int most = minimum == null ? BreakerConfig.defaults().minimumNumberOfCalls() : minimum.value();
            builder.minimumNumberOfCalls(Math.min(size.value(), most));
        }
    }

    /* The cap that nobody has written is not below a wait that somebody has. */
    private static void applyLongWait(Layers layers, BreakerConfig.Builder builder) {
        Duration wait = valueOf(layers, CircuitProperties::waitDurationInOpenState);
        boolean unwritten = valueOf(layers, CircuitProperties::exponentialMaxWaitDurationInOpenState) == null;
        Duration cap = BreakerConfig.defaults().exponentialMaxWaitDurationInOpenState();
        if (unwritten && wait != null && wait.compareTo(cap) > 0) {
            builder.exponentialMaxWaitDurationInOpenState(NO_CAP);
        }
    }

    private static <T> @Nullable T valueOf(Layers layers, Function<CircuitProperties, @Nullable T> accessor) {
        Setting<T> setting = layers.setting("", accessor);
        return setting == null ? null : setting.value();
    }

    private static void only(BreakerState possible, @Nullable Setting<BreakerState> setting, String reason) {
        if (setting != null && setting.value() != possible) {
            throw new InvalidConfigurationPropertyValueException(
                    setting.property(), setting.value(), "Must be " + possible + ", if set: " + reason + ".");
        }
    }

    /** Says in one line which of the written properties have no effect, and what to do instead. */
    static void report(BreakerProperties properties, Map<String, CircuitProperties> places) {
        List<String> without = new ArrayList<>();
        if (properties.circuitBreakerAspectOrder() != null) {
            without.add("breaker.circuit-breaker-aspect-order (order annotations with breaker.aspect.order)");
        }
        if (!properties.tags().isEmpty()) {
            without.add("breaker.tags (tag metrics with management.metrics.tags)");
        }
        places.forEach((place, layer) -> {
            if (layer.eventConsumerBufferSize() != null) {
                without.add(place + ".event-consumer-buffer-size (breaker.events.buffer-size is for all circuits)");
            }
            if (layer.slidingWindowSynchronizationStrategy() != null) {
                without.add(place + ".sliding-window-synchronization-strategy (remove it: there is only one way)");
            }
        });
        if (!without.isEmpty()) {
            log.info("Properties of Resilience4j that have no effect here: {}", String.join(", ", without));
        }
    }
}
