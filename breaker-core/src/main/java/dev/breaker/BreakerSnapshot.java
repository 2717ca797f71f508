package dev.breaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a circuit at one moment.
 *
 * @param name name of the circuit
 * @param state state that decides about calls now
 * @param automaticState state without regard to an override; equal to {@code state} when there is none
 * @param stateScope whether the automatic state is the cluster's or this instance's alone (isolated, or not sharing)
 * @param epoch identity of the cluster's present stay; zero if the circuit never moved or does not share
 * @param cause why the automatic state was entered, in words; empty if it never changed
 * @param timeLeftOpen when OPEN, the time until probes are admitted, zero if they are; otherwise null
 * @param counts the calls in the sliding window; when HALF_OPEN the probes, and when OPEN what the circuit was opened with, as
 *     far as this instance knew it
 * @param countsScope whether the counts are the cluster's or this instance's
 * @param rejectedCalls calls rejected by this instance since it started
 * @param lastFailure class and message of the last failure recorded by this instance, null if there was none
 * @param lastFailureAge how long ago that was, null if there was none
 * @param override the operator's override, null if there is none
 * @param sharing condition of the sharing
 * @param staleness age of the cluster's numbers, null if they were never fetched
 */
public record BreakerSnapshot(
        String name,
        BreakerState state,
        BreakerState automaticState,
        BreakerScope stateScope,
        long epoch,
        String cause,
        @Nullable Duration timeLeftOpen,
        Counts counts,
        BreakerScope countsScope,
        long rejectedCalls,
        @Nullable String lastFailure,
        @Nullable Duration lastFailureAge,
        @Nullable ActiveOverride override,
        Sharing sharing,
        @Nullable Duration staleness) {

    /** Condition of the sharing of one circuit. */
    public enum Sharing {
        /** The store answers. */
        ACTIVE,
        /** The store does not answer; this instance decides by its own window. */
        DEGRADED,
        /** The circuit is not shared. */
        OFF
    }

    /**
     * Calls in a sliding window.
     *
     * @param calls successes and failures
     * @param failures failures among them
     * @param slow slow ones among them; zero unless slow calls are measured
     * @param consecutiveFailures failures since the last success
     */
    public record Counts(long calls, long failures, long slow, long consecutiveFailures) {

        /** Failures among the calls in percent, zero without calls. */
        public double failureRate() {
            return calls == 0 ? 0 : 100.0 * failures / calls;
        }

        /** Slow ones among the calls in percent, zero without calls. */
        public double slowCallRate() {
            return calls == 0 ? 0 : 100.0 * slow / calls;
        }
    }

    /**
     * An operator's override.
     *
     * @param state the state it puts the circuit in
     * @param reason why
     * @param actor who
     * @param since how long ago
     * @param expiresIn how long it still holds, null without expiry
     */
    public record ActiveOverride(
            BreakerState state,
            String reason,
            String actor,
            Duration since,
            @Nullable Duration expiresIn) {}
}
