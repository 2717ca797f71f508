package dev.breaker.spring.micrometer;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Publishes the meters of all circuits of a registry, present and future, in every meter registry it is bound to; those of a
 * circuit that is removed go with it. Meters ask the circuits when they are read, so calls cost no more than without them,
 * except for the timers of Resilience4j.
 *
 * <p>Safe for use by many threads.
 */
public final class BreakerMetrics implements MeterBinder, AutoCloseable {

    private final BreakerRegistry registry;
    private final List<MeterSet> sets = new ArrayList<>();
    private final List<BreakerListener> listeners = new ArrayList<>();
    private final List<BoundRegistry> bound = new CopyOnWriteArrayList<>();

    /** Publishes the meters under the names of this library only. */
    public BreakerMetrics(BreakerRegistry registry) {
        this(registry, false);
    }

    /**
     * @param resilience4jNames whether the meters of Resilience4j are published in addition; their durations are zero unless
     *     calls are {@linkplain BreakerRegistry.Builder#timed timed}
     */
    public BreakerMetrics(BreakerRegistry registry, boolean resilience4jNames) {
        this.registry = registry;
        sets.add(new CircuitMeters());
        sets.add(new DurationMeters());
        listeners.add(new Population());
        if (resilience4jNames) {
            Resilience4jTimers timers = new Resilience4jTimers(registry, this::refreshIfBound);
            sets.add(new Resilience4jMeters(timers));
            listeners.add(timers);
        }
        listeners.forEach(registry::addListener);
    }

    /** Registers the meters of all circuits there, now and from now on. Does nothing if it is bound already. */
    @Override
    public synchronized void bindTo(MeterRegistry meters) {
        if (bound.stream().anyMatch(known -> known.is(meters))) {
            return;
        }
        bound.add(new BoundRegistry(meters, sets, SharingMeters.register(registry, meters)));
        registry.breakers().stream()
                .map(breaker -> MeterSource.nameOf(registry, breaker.name()))
                .distinct()
                .forEach(this::refresh);
    }

    /*
     * Circuits come and go while others are enumerated, and events tell of it later. So neither is believed: whatever the
     * occasion, what the registry says now, under the lock, is made true. An event follows each change, so the last one is
     * not missed.
     */
    private synchronized void refresh(String name) {
        MeterSource source = MeterSource.find(registry, name);
        bound.forEach(meters -> meters.refresh(name, source));
    }

    private void refreshIfBound(String name) {
        if (!bound.isEmpty()) {
            refresh(name);
        }
    }

    /** Removes all meters and follows the circuits no more. */
    @Override
    public synchronized void close() {
        listeners.forEach(registry::removeListener);
        bound.forEach(BoundRegistry::clear);
        bound.clear();
    }

    /** Follows circuits as they come and go, and their settings. */
    private final class Population implements BreakerListener {

        @Override
        public void onCreated(BreakerEvent.Created event) {
            refresh(MeterSource.nameOf(registry, event.breaker()));
        }

        @Override
        public void onReconfigured(BreakerEvent.Reconfigured event) {
            refresh(MeterSource.nameOf(registry, event.breaker()));
        }

        @Override
        public void onRemoved(BreakerEvent.Removed event) {
            refresh(MeterSource.nameOf(registry, event.breaker()));
        }
    }
}
