package dev.breaker;

/** The states of a circuit: three that it moves between by itself, and three that an operator can put above them. */
public enum BreakerState {
    /** Calls are made and counted. */
    CLOSED,
    /** Calls are rejected without being made, until the wait is over. */
    OPEN,
    /** A few probes are made to find out whether the partner is back; all other calls are rejected. */
    HALF_OPEN,
    /** Override: calls are rejected until an operator releases the circuit. */
    FORCED_OPEN,
    /** Override: calls are made and nothing is counted. */
    DISABLED,
    /** Override: calls are made and counted, and the circuit never opens. */
    METRICS_ONLY;

    /** Whether an operator's override puts a circuit in this state. */
    public boolean isOverride() {
        return this == FORCED_OPEN || this == DISABLED || this == METRICS_ONLY;
    }
}
