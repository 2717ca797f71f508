package dev.breaker.spring.micrometer;

import dev.breaker.BreakerState;
import dev.breaker.BreakerTotals;
import dev.breaker.KeyedBreakers;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The meters of a circuit under the names of this library. Numbers of calls are those of this instance. */
final class CircuitMeters implements MeterSet {

    private static final String CALLS = "calls";
    private static final String PERCENT = "percent";

    @Override
    public void register(MeterSource source, SourceMeters meters) {
        calls(meters, "success", BreakerTotals::successes);
        calls(meters, "failure", BreakerTotals::failures);
        calls(meters, "ignored", BreakerTotals::ignored);
        calls(meters, "rejected", BreakerTotals::rejected);
        meters.counter("breaker.slow.calls", CALLS, "Successes and failures that were slow", BreakerTotals::slow);
        meters.counter(
                "breaker.fallback.calls",
                CALLS,
                "Answers given in the place of a rejected or failed call",
                BreakerTotals::fallbacks);
        state(meters);
        rates(meters);
        KeyedBreakers family = source.family();
        if (family != null) {
            meters.gauge("breaker.keys", "keys", "Keys that have a circuit of their own", asked -> family.size());
        }
        if (source.isShared()) {
            meters.age(
                    "breaker.sharing.staleness",
                    "Age of the cluster's numbers that this instance decides by",
                    MeterSource::stalenessNanos);
        }
    }

    private static void calls(SourceMeters meters, String outcome, ToLongFunction<BreakerTotals> count) {
        meters.counter("breaker.calls", CALLS, "Calls by what became of them", count, "outcome", outcome);
    }

    private static void state(SourceMeters meters) {
        for (BreakerState state : BreakerState.values()) {
            meters.gauge(
                    "breaker.state",
                    null,
                    "Circuits in that state, 1 or 0 unless there are keys",
                    source -> source.circuitsIn(state),
                    "state",
                    state.name().toLowerCase(Locale.ROOT));
        }
    }

    private static void rates(SourceMeters meters) {
        meters.gauge(
                "breaker.failure.rate",
                PERCENT,
                "Failures among the calls in the sliding window",
                source -> source.counts().failureRate());
        meters.gauge(
                "breaker.slow.call.rate",
                PERCENT,
                "Slow ones among the calls in the sliding window",
                source -> source.counts().slowCallRate());
    }
}
