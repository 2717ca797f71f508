package dev.breaker.spring.aop;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Makes plans from annotations, and finds what is wrong with them. */
final class CallPlans {

    private static final Logger log = LoggerFactory.getLogger(CallPlans.class);

    private final Map<GuardedMethod, CallPlan> plans = new ConcurrentHashMap<>();
    private final ConfigurableListableBeanFactory beans;
    private final FallbackFinder fallbacks;
    private final Placeholders placeholders;

    CallPlans(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.fallbacks = new FallbackFinder(beans);
        this.placeholders = new Placeholders(beans);
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

    /** Whether an attribute of an annotation means a text, its placeholders resolved. */
    boolean mean(String value, String text) {
        return placeholders.mean(value, text);
    }

    private CallPlan make(GuardedMethod guarded) {
        String name = placeholders.resolved("name", guarded.annotation().name(), guarded);
        if (name.isBlank()) {
            throw new InvalidCircuitBreakerException(
                    guarded.invalid("name", name) + "must not be blank.",
                    "Name the circuit: @CircuitBreaker(name = \"...\").");
        }
        String config = placeholders.resolved("config", guarded.annotation().config(), guarded);
        return new CallPlan(guarded, name, config, key(guarded), ReturnKind.of(guarded), fallbacks(guarded));
    }

    private Fallbacks fallbacks(GuardedMethod guarded) {
        Fallbacks found = fallbacks.find(guarded);
        found.methods()
                .filter(fallback -> AnnotatedElementUtils.hasAnnotation(fallback, CircuitBreaker.class))
                .forEach(fallback -> log.warn(
                        "{} has a @CircuitBreaker of its own, which does not apply where it answers for {}, because fallbacks"
                                + " are called past proxies: let it call a method of another bean that has the annotation",
                        Signatures.describe(fallback, fallback.getDeclaringClass()),
                        guarded));
        return found;
    }

    private @Nullable KeyExpression key(GuardedMethod guarded) {
        String key = placeholders.resolved("key", guarded.annotation().key(), guarded);
        return key.isBlank() ? null : KeyExpression.of(guarded, key, beans);
    }
}
