package dev.breaker.spring.micrometer;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Times calls as Resilience4j does, one by one, because sums do not give the maximum and the histogram that its dashboards may
 * show. An event is built for each call while this listens.
 */
final class Resilience4jTimers implements BreakerListener {

    private final Map<String, List<Timers>> bySource = new ConcurrentHashMap<>();
    private final BreakerRegistry registry;
    private final Consumer<String> unknown;

    /** Those of one source in one meter registry. */
    private static final class Timers {

        private final Timer successful;
        private final Timer failed;
        private final Timer ignored;

        Timers(Timer successful, Timer failed, Timer ignored) {
            this.successful = successful;
            this.failed = failed;
            this.ignored = ignored;
        }
    }

    /**
     * @param unknown sees to it that a source of that name is registered, if there is one
     */
    Resilience4jTimers(BreakerRegistry registry, Consumer<String> unknown) {
        this.registry = registry;
        this.unknown = unknown;
    }

    void register(MeterSource source, SourceMeters meters, String name) {
        Timers timers = new Timers(
                meters.timer(name, "Total number of successful calls", "kind", "successful"),
                meters.timer(name, "Total number of failed calls", "kind", "failed"),
                meters.timer(
                        name, "Total number of calls which failed but the exception was ignored", "kind", "ignored"));
        bySource.merge(
                source.name(),
                List.of(timers),
                (known, added) -> Stream.concat(known.stream(), added.stream()).toList());
        meters.onRemoval(() -> forget(source.name(), timers));
    }

    private void forget(String source, Timers timers) {
        bySource.computeIfPresent(source, (name, known) -> {
            List<Timers> left = known.stream().filter(other -> other != timers).toList();
            return left.isEmpty() ? null : left;
        });
    }

    @Override
    public void onSuccess(BreakerEvent.Success event) {
        Duration duration = Duration.ofNanos(event.nanos());
        of(event).forEach(timers -> timers.successful.record(duration));
    }

    @Override
    public void onFailure(BreakerEvent.Failure event) {
        Duration duration = Duration.ofNanos(event.nanos());
        of(event).forEach(timers -> timers.failed.record(duration));
    }

    @Override
    public void onIgnored(BreakerEvent.Ignored event) {
        Duration duration = Duration.ofNanos(event.nanos());
        of(event).forEach(timers -> timers.ignored.record(duration));
    }

    /* A circuit may be called before its creation has been told. */
    private List<Timers> of(BreakerEvent event) {
        String name = MeterSource.nameOf(registry, event.breaker());
        List<Timers> known = bySource.get(name);
        if (known != null) {
            return known;
        }
        unknown.accept(name);
        return bySource.getOrDefault(name, List.of());
    }
}
