package dev.breaker;

import org.jspecify.annotations.Nullable;

/** A setting of a circuit breaks its rule. */
public final class InvalidConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String value;
    private final String rule;

    InvalidConfigException(String property, Object value, String rule) {
        this(property, value.toString(), rule, null);
    }

    private InvalidConfigException(String property, String value, String rule, @Nullable String breaker) {
        super("Invalid " + property + " (" + value + ")"
                + (breaker == null ? "" : " for circuit breaker '" + breaker + "'") + ": " + rule + ".");
        this.property = property;
        this.value = value;
        this.rule = rule;
    }

    /** The same fault, with the circuit it concerns in its message. */
    public InvalidConfigException of(String breaker) {
        InvalidConfigException named = new InvalidConfigException(property, value, rule, breaker);
        named.setStackTrace(getStackTrace());
        return named;
    }

    /** Name of the setting, as in {@link BreakerConfig}. */
    public String property() {
        return property;
    }

    /** The offending value. */
    public String value() {
        return value;
    }

    /** The rule it breaks, such as "must be between 1 and 100". */
    public String rule() {
        return rule;
    }
}
