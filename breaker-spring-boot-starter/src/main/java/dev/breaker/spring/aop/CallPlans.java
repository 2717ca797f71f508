package dev.breaker.spring.aop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Makes plans from annotations, and finds what is wrong with them. */
final class CallPlans {

    private final Map<GuardedMethod, CallPlan> plans = new ConcurrentHashMap<>();
    private final ConfigurableListableBeanFactory beans;
    private final FallbackFinder fallbacks;

    CallPlans(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.fallbacks = new FallbackFinder(beans);
    }

    /** @throws InvalidCircuitBreakerException if the annotation is wrong */
    CallPlan of(GuardedMethod guarded) {
        return plans.computeIfAbsent(guarded, this::make);
    }

    /**
     * The calls of a method through its circuit breaker, which is created if need be.
     *
     * @throws InvalidCircuitBreakerException if there cannot be one, for its name or its settings
     */
    MethodCalls call(GuardedMethod guarded, BreakerResolver breakers) {
        try {
            return of(guarded).with(breakers);
        } catch (IllegalArgumentException | IllegalStateException fault) {
            throw new InvalidCircuitBreakerException(
                    guarded.unfit() + fault.getMessage(), "Correct the annotation, or the settings it refers to.");
        }
    }

    private CallPlan make(GuardedMethod guarded) {
        String name = resolved("name", guarded.annotation().name(), guarded);
        if (name.isBlank()) {
            throw new InvalidCircuitBreakerException(
                    guarded.invalid("name", name) + "must not be blank.",
                    "Name the circuit: @CircuitBreaker(name = \"...\").");
        }
        String config = resolved("config", guarded.annotation().config(), guarded);
        return new CallPlan(guarded, name, config, key(guarded), ReturnKind.of(guarded), fallbacks.find(guarded));
    }

    private @Nullable KeyExpression key(GuardedMethod guarded) {
        String key = resolved("key", guarded.annotation().key(), guarded);
        return key.isBlank() ? null : KeyExpression.of(guarded, key, beans);
    }

    private String resolved(String attribute, String value, GuardedMethod guarded) {
        try {
            String resolved = beans.resolveEmbeddedValue(value);
            return resolved == null ? "" : resolved;
        } catch (IllegalArgumentException fault) {
            throw new InvalidCircuitBreakerException(
                    guarded.invalid(attribute, value) + fault.getMessage() + ".",
                    "Define that property, or give it a default: ${property:default}.");
        }
    }
}
