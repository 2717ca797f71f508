package dev.breaker;

import dev.breaker.shared.InstanceReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the instances that share an in-memory store told of themselves. Safe for use by many threads. */
final class InMemoryInstances {

    private record Told(InstanceReport report, long at, long until) {}

    private final Map<String, Told> instances = new HashMap<>();

    /** Remembers a report in place of the instance's last one, or forgets it if it is to last no time. */
    synchronized InstanceReport report(long now, InstanceReport report, Duration ttl) {
        InstanceReport kept = report.bounded();
        instances.put(report.instance(), new Told(kept, now, now + ttl.toNanos()));
        forget(now);
        return kept;
    }

    synchronized List<InstanceReport> reports(long now) {
        forget(now);
        return instances.values().stream()
                .map(told -> told.report().aged(Duration.ofNanos(now - told.at())))
                .toList();
    }

    private void forget(long now) {
        instances.values().removeIf(told -> told.until() - now <= 0);
    }

    synchronized void clear() {
        instances.clear();
    }
}
