package dev.breaker.spring.aop;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Fills in what the attributes of an annotation leave to properties. */
final class Placeholders {

    private final ConfigurableBeanFactory beans;

    Placeholders(ConfigurableBeanFactory beans) {
        this.beans = beans;
    }

    /** @throws InvalidCircuitBreakerException if a property is missing */
    String resolved(String attribute, String value, GuardedMethod guarded) {
        try {
            return resolved(value);
        } catch (IllegalArgumentException fault) {
            throw new InvalidCircuitBreakerException(
                    guarded.invalid(attribute, value) + fault.getMessage() + ".",
                    "Define that property, or give it a default: ${property:default}.");
        }
    }

    /** Whether a value, as far as it can be resolved, is that text. */
    boolean mean(String value, String text) {
        try {
            return resolved(value).equals(text);
        } catch (IllegalArgumentException missing) {
            return false;
        }
    }

    private String resolved(String value) {
        String resolved = beans.resolveEmbeddedValue(value);
        return resolved == null ? "" : resolved;
    }
}
