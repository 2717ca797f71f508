package dev.breaker.shared;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An operator's decision that stands above the automatic state of a circuit.
 *
 * @param version grows with every change of the override of this circuit
 * @param mode what the operator decided
 * @param reason why
 * @param actor who
 * @param elapsed how long ago
 * @param remaining how long it still holds; null without expiry
 */
public record SharedOverride(
        long version,
        Mode mode,
        String reason,
        String actor,
        Duration elapsed,
        @Nullable Duration remaining) {

    /** What an operator can decide. */
    public enum Mode {
        /** No override, or one that was ended. */
        NONE,
        /** Reject every call. */
        FORCED_OPEN,
        /** Admit every call and count nothing. */
        DISABLED,
        /** Admit every call and count it, never open. */
        METRICS_ONLY
    }
}
