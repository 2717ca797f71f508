package dev.breaker.spring.dashboard;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.shared.Probes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a circuit. What the endpoint {@code breakers} tells too has the same name there, except the totals, which
 * are of one instance there and of all here. Durations are in milliseconds, rates in percent; null is what does not apply.
 *
 * @param failureRateThreshold failure rate that opens the circuit
 * @param slowCallRateThreshold slow rate that opens the circuit, null unless slow calls are looked for
 * @param failureCountThreshold failures in the window that open the circuit, null if their number does not
 * @param consecutiveFailureThreshold failures in a row that open the circuit, null if their number does not
 * @param probes those of a half-open stay
 * @param isolatedOn identities of the instances that have opened it for themselves
 * @param totals of all instances that are known
 */
record CircuitView(
        String name,
        BreakerState state,
        BreakerState automaticState,
        String cause,
        @Nullable Long timeLeftOpenMs,
        double failureRate,
        double slowCallRate,
        double failureRateThreshold,
        @Nullable Double slowCallRateThreshold,
        @Nullable Integer failureCountThreshold,
        @Nullable Integer consecutiveFailureThreshold,
        long calls,
        long failures,
        long slowCalls,
        long consecutiveFailures,
        BreakerScope countsScope,
        @Nullable String lastFailure,
        @Nullable Long lastFailureAgeMs,
        @Nullable OverrideView override,
        @Nullable Probes probes,
        BreakerSnapshot.Sharing sharing,
        @Nullable Long stalenessMs,
        List<String> isolatedOn,
        Totals totals) {

    /** An operator's override. */
    record OverrideView(
            BreakerState state,
            String reason,
            String actor,
            long sinceMs,
            @Nullable Long expiresInMs) {

        private static @Nullable OverrideView of(BreakerSnapshot.@Nullable ActiveOverride override) {
            return override == null
                    ? null
                    : new OverrideView(
                            override.state(),
                            override.reason(),
                            override.actor(),
                            override.since().toMillis(),
                            millis(override.expiresIn()));
        }
    }

    static CircuitView of(Breaker breaker, List<InstanceView> instances) {
        BreakerSnapshot snapshot = breaker.snapshot();
        BreakerConfig config = breaker.config();
        BreakerSnapshot.Counts counts = snapshot.counts();
        return new CircuitView(
                breaker.name(),
                snapshot.state(),
                snapshot.automaticState(),
                snapshot.cause(),
                millis(snapshot.timeLeftOpen()),
                counts.failureRate(),
                counts.slowCallRate(),
                config.failureRateThreshold(),
                config.slowCallDurationThreshold() == null ? null : config.slowCallRateThreshold(),
                unlessOff(config.failureCountThreshold()),
                unlessOff(config.consecutiveFailureThreshold()),
                counts.calls(),
                counts.failures(),
                counts.slow(),
                counts.consecutiveFailures(),
                snapshot.countsScope(),
                snapshot.lastFailure(),
                millis(snapshot.lastFailureAge()),
                OverrideView.of(snapshot.override()),
                snapshot.automaticState() == BreakerState.HALF_OPEN ? breaker.probes() : null,
                snapshot.sharing(),
                millis(snapshot.staleness()),
                instances.stream()
                        .filter(instance -> instance.isolated().contains(breaker.name()))
                        .map(InstanceView::id)
                        .toList(),
                instances.stream()
                        .map(instance -> instance.totals().getOrDefault(breaker.name(), Totals.NONE))
                        .reduce(Totals.NONE, Totals::plus));
    }

    private static @Nullable Integer unlessOff(int threshold) {
        return threshold == 0 ? null : threshold;
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }
}
