package dev.breaker.shared;

import org.jspecify.annotations.Nullable;

/**
 * What the cluster knows of a circuit.
 *
 * @param state the state that holds
 * @param totals the counts of the window of that state
 * @param override the operator's override, also one that has {@linkplain SharedOverride.Mode#NONE ended}; null if none is
 *     known
 */
public record SyncReply(
        SharedState state, Totals totals, @Nullable SharedOverride override) {}
