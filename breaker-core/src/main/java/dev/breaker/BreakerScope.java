package dev.breaker;

/** How far a state or a number reaches. */
public enum BreakerScope {
    /** All instances that share the circuit. */
    CLUSTER,
    /** This instance alone. */
    INSTANCE
}
