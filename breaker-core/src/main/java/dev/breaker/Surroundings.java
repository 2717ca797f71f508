package dev.breaker;

import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What circuits of one registry have in common.
 *
 * @param random yields numbers from 0 to below 1
 * @param instance identity among those that share the store
 * @param timed whether every call is timed
 * @param sharing how circuits exchange with the store, null without one
 */
record Surroundings(
        Ticker ticker,
        Timers timers,
        ProbeThreads probeThreads,
        DoubleSupplier random,
        Listeners listeners,
        String instance,
        boolean timed,
        @Nullable SharingSettings sharing) {}
