package dev.breaker.spring.micrometer;

import dev.breaker.BreakerTotals;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one source in one meter registry, all with the tag {@code name}. To be kept as long as the meters are wanted:
 * they hold their source weakly.
 */
final class SourceMeters {

    private final MeterSource source;
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final List<Runnable> farewells = new ArrayList<>();

    SourceMeters(MeterSource source, MeterRegistry registry) {
        this.source = source;
        this.registry = registry;
    }

    boolean areOf(@Nullable MeterSource other) {
        return other != null && other.origin() == source.origin();
    }

    void gauge(
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<MeterSource> value,
            String... furtherTags) {
        meters.add(Gauge.builder(name, source, value)
                .baseUnit(unit)
                .description(description)
                .tag("name", source.name())
                .tags(furtherTags)
                .register(registry));
    }

    void age(String name, String description, ToDoubleFunction<MeterSource> nanos) {
        meters.add(TimeGauge.builder(name, source, TimeUnit.NANOSECONDS, nanos)
                .description(description)
                .tag("name", source.name())
                .register(registry));
    }

    void counter(
            String name,
            @Nullable String unit,
            String description,
            ToLongFunction<BreakerTotals> count,
            String... furtherTags) {
        meters.add(FunctionCounter.builder(
                        name, source, asked -> count.applyAsLong(asked.totals().get()))
                .baseUnit(unit)
                .description(description)
                .tag("name", source.name())
                .tags(furtherTags)
                .register(registry));
    }

    void durations(
            String name,
            String description,
            ToLongFunction<BreakerTotals> count,
            ToLongFunction<BreakerTotals> nanos,
            String... furtherTags) {
        meters.add(FunctionTimer.builder(
                        name,
                        source,
                        asked -> count.applyAsLong(asked.totals().get()),
                        asked -> nanos.applyAsLong(asked.totals().get()),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .tag("name", source.name())
                .tags(furtherTags)
                .register(registry));
    }

    /** A timer that is told each duration. */
    Timer timer(String name, String description, String... furtherTags) {
        Timer timer = Timer.builder(name)
                .description(description)
                .tag("name", source.name())
                .tags(furtherTags)
                .register(registry);
        meters.add(timer);
        return timer;
    }

    /** What to do when the meters are removed. */
    void onRemoval(Runnable farewell) {
        farewells.add(farewell);
    }

    void remove() {
        farewells.forEach(Runnable::run);
        meters.forEach(registry::remove);
    }
}
