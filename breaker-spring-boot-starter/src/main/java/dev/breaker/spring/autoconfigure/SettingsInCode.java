package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Settings of circuits that are made in code rather than written. Safe for use by many threads. */
final class SettingsInCode {

    private final Map<String, BreakerConfig> starts = new ConcurrentHashMap<>();
    private final Map<String, UnaryOperator<BreakerConfig>> changes = new ConcurrentHashMap<>();

    /** Puts settings in place of the written ones, unless that was done before. */
    void start(String name, BreakerConfig settings) {
        starts.putIfAbsent(name, settings);
    }

    /** Takes back {@link #start}. */
    void forgetStart(String name) {
        starts.remove(name);
    }

    /** Changes settings after all earlier changes. */
    void change(String name, UnaryOperator<BreakerConfig> change) {
        changes.merge(name, change, (earlier, later) -> settings -> later.apply(earlier.apply(settings)));
    }

    /** The settings of a circuit. */
    BreakerConfig of(String name, BreakerConfig written) {
        UnaryOperator<BreakerConfig> change = changes.getOrDefault(name, UnaryOperator.identity());
        return change.apply(starts.getOrDefault(name, written));
    }
}
