package dev.breaker.spring.micrometer;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.BreakerTotals;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a circuit as Resilience4j 2.4 publishes them, for dashboards and alerts made for it: names, types, tags and
 * descriptions are those of its {@code AbstractCircuitBreakerMetrics}.
 *
 * <p>Slow calls are not counted by outcome, so as many as there are successes are taken for those, and the rest for failures.
 */
final class Resilience4jMeters implements MeterSet {

    private static final String PREFIX = "resilience4j.circuitbreaker.";
    private static final double TOO_FEW_CALLS = -1;

    private final Resilience4jTimers timers;

    Resilience4jMeters(Resilience4jTimers timers) {
        this.timers = timers;
    }

    @Override
    public void register(MeterSource source, SourceMeters meters) {
        for (BreakerState state : BreakerState.values()) {
            String value = state.name().toLowerCase(Locale.ROOT);
            meters.gauge(
                    PREFIX + "state",
                    null,
                    "The states of the circuit breaker",
                    asked -> asked.circuitsIn(state),
                    "state",
                    value);
        }
        windows(meters);
        rates(meters);
        timers.register(source, meters, PREFIX + "calls");
        meters.counter(
                PREFIX + "not.permitted.calls",
                null,
                "Total number of not permitted calls",
                BreakerTotals::rejected,
                "kind",
                "not_permitted");
    }

    private static void windows(SourceMeters meters) {
        String buffered = "The number of buffered %s calls stored in the ring buffer";
        String slow = "The number of slow %s which were slower than a certain threshold";
        window(meters, "buffered.calls", "failed", buffered.formatted("failed"), window -> window.failures);
        window(meters, "buffered.calls", "successful", buffered.formatted("successful"), Window::successes);
        window(meters, "slow.calls", "successful", slow.formatted("successful"), Window::slowSuccesses);
        window(meters, "slow.calls", "failed", slow.formatted("failed calls"), Window::slowFailures);
    }

    private static void window(
            SourceMeters meters, String name, String kind, String description, ToDoubleFunction<Window> number) {
        meters.gauge(PREFIX + name, null, description, source -> number.applyAsDouble(Window.of(source)), "kind", kind);
    }

    private static void rates(SourceMeters meters) {
        meters.gauge(
                PREFIX + "failure.rate",
                null,
                "The failure rate of the circuit breaker",
                source -> Window.of(source).rate(window -> window.failures));
        meters.gauge(
                PREFIX + "slow.call.rate",
                null,
                "The slow call of the circuit breaker",
                source -> Window.of(source).rate(window -> window.slow));
    }

    /**
     * A sliding window as Resilience4j sees it: empty while an operator's override keeps calls from being counted, and when OPEN
     * what the circuit was opened with, which here may be fewer calls than the minimum.
     */
    private record Window(long calls, long failures, long slow, long minimum) {

        static Window of(MeterSource source) {
            return source.circuits().get().stream()
                    .map(Window::of)
                    .reduce((one, other) -> new Window(
                            one.calls + other.calls,
                            one.failures + other.failures,
                            one.slow + other.slow,
                            Math.min(one.minimum, other.minimum)))
                    .orElse(new Window(0, 0, 0, 1));
        }

        private static Window of(Breaker breaker) {
            BreakerSnapshot snapshot = breaker.snapshot();
            long minimum = minimum(breaker.config(), snapshot.state());
            return switch (snapshot.state()) {
                case FORCED_OPEN, DISABLED -> new Window(0, 0, 0, minimum);
                default -> {
                    BreakerSnapshot.Counts counts = snapshot.counts();
                    yield new Window(counts.calls(), counts.failures(), counts.slow(), minimum);
                }
            };
        }

        private static long minimum(BreakerConfig config, BreakerState state) {
            int minimum = config.minimumNumberOfCalls();
            return switch (state) {
                case OPEN -> 1;
                case HALF_OPEN -> Math.min(minimum, config.permittedNumberOfCallsInHalfOpenState());
                default -> minimum;
            };
        }

        long successes() {
            return calls - failures;
        }

        long slowSuccesses() {
            return Math.min(slow, successes());
        }

        long slowFailures() {
            return slow - slowSuccesses();
        }

        double rate(ToDoubleFunction<Window> part) {
            return calls < minimum ? TOO_FEW_CALLS : 100 * part.applyAsDouble(this) / calls;
        }
    }
}
