package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.Totals;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The window that instances share in an {@link InMemoryStore}. Not safe for use by many threads. */
final class InMemoryWindow {

    private final Window window;
    private final Map<String, Long> sequences = new HashMap<>();
    private final Map<String, Long> successes = new HashMap<>();
    private long streak;
    private long streakBegan;

    InMemoryWindow(WindowSpec spec) {
        window = Window.of(spec);
    }

    void add(long now, String instance, Batch batch) {
        if (batch.sequence() <= sequences.getOrDefault(instance, 0L)) {
            return;
        }
        sequences.put(instance, batch.sequence());
        if (window instanceof TimeWindow time) {
            batch.slices().forEach(slice -> time.add(now, slice));
        } else if (window instanceof CountWindow count) {
            count.add(batch.outcomes());
        }
        addStreak(now, instance, batch);
    }

    private void addStreak(long now, String instance, Batch batch) {
        long began = now - batch.trailingAge().toNanos();
        long lastSuccess =
                successes.values().stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
        Duration age = batch.successAge();
        if (age != null) {
            long success = now - age.toNanos();
            successes.merge(instance, success, Math::max);
            if (streak == 0 || success >= streakBegan) {
                streak = 0;
            }
        } else if (began < lastSuccess) {
            return;
        }
        if (batch.trailingFailures() > 0) {
            streakBegan = streak == 0 ? began : Math.min(streakBegan, began);
            streak += batch.trailingFailures();
        }
    }

    Totals totals(long now, String asker) {
        window.slide(now);
        Duration peerSuccessAge = successes.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(asker))
                .map(entry -> Duration.ofNanos(now - entry.getValue()))
                .min(Duration::compareTo)
                .orElse(null);
        return new Totals(window.calls, window.failures, window.slow, streak, peerSuccessAge);
    }
}
