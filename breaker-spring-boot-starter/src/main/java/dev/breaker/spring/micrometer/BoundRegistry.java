package dev.breaker.spring.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A meter registry, and the meters that are registered there. Not safe for use by many threads. */
final class BoundRegistry {

    private final MeterRegistry registry;
    private final List<MeterSet> sets;
    private final List<Meter> common;
    private final Map<String, SourceMeters> bySource = new HashMap<>();

    /**
     * @param sets which meters a source has
     * @param common meters that belong to no source
     */
    BoundRegistry(MeterRegistry registry, List<MeterSet> sets, List<Meter> common) {
        this.registry = registry;
        this.sets = sets;
        this.common = common;
    }

    boolean is(MeterRegistry other) {
        return registry == other;
    }

    /** Makes the meters of that name those of the source, or none if there is no source any more. */
    void refresh(String name, @Nullable MeterSource source) {
        SourceMeters present = bySource.get(name);
        if (present != null && !present.areOf(source)) {
            present.remove();
            bySource.remove(name);
        }
        if (source != null && !bySource.containsKey(name)) {
            SourceMeters meters = new SourceMeters(source, registry);
            sets.forEach(set -> set.register(source, meters));
            bySource.put(name, meters);
        }
    }

    void clear() {
        bySource.values().forEach(SourceMeters::remove);
        bySource.clear();
        common.forEach(registry::remove);
    }
}
