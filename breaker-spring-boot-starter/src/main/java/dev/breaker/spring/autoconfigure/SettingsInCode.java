package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Settings of circuits that are made in code rather than written. Safe for use by many threads. */
final class SettingsInCode {

    private final Map<String, BreakerConfig> starts = new ConcurrentHashMap<>();
    private final Map<String, UnaryOperator<BreakerConfig>> changes = new ConcurrentHashMap<>();

    /** Puts settings in place of those that are written about no circuit by name, unless that was done before. */
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

    /**
     * The settings of a circuit.
     *
     * @param isWritten whether the properties have a place for this very circuit, before which {@link #start} gives way
     */
    BreakerConfig of(String name, BreakerConfig written, boolean isWritten) {
        UnaryOperator<BreakerConfig> change = changes.getOrDefault(name, UnaryOperator.identity());
        return change.apply(isWritten ? written : starts.getOrDefault(name, written));
    }
}
