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
    private final Map<Part, SourceMeters> parts = new HashMap<>();

    /** What one set registers for one name. */
    private record Part(String name, MeterSet set) {}

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
        for (MeterSet set : sets) {
            refresh(new Part(name, set), source != null && set.suits(source) ? source : null);
        }
    }

    private void refresh(Part part, @Nullable MeterSource source) {
        SourceMeters present = parts.get(part);
        if (present != null && !present.areOf(source)) {
            present.remove();
            parts.remove(part);
        }
        if (source != null && !parts.containsKey(part)) {
            SourceMeters meters = new SourceMeters(source, registry);
            part.set().register(source, meters);
            parts.put(part, meters);
        }
    }

    void clear() {
        parts.values().forEach(SourceMeters::remove);
        parts.clear();
        common.forEach(registry::remove);
    }
}
