package dev.breaker.spring.micrometer;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The meters that tell how the sharing of all circuits goes. */
final class SharingMeters {

    private SharingMeters() {}

    /** Registers them, if the circuits have a store. */
    static List<Meter> register(BreakerRegistry registry, MeterRegistry meters) {
        if (registry.sharing() == BreakerSnapshot.Sharing.OFF) {
            return List.of();
        }
        return List.of(
                Gauge.builder("breaker.sharing.degraded", registry, SharingMeters::degraded)
                        .description("1 while the store does not answer and this instance decides by itself, else 0")
                        .register(meters),
                FunctionTimer.builder(
                                "breaker.sharing.sync",
                                registry,
                                asked -> asked.exchanges().answered(),
                                asked -> asked.exchanges().duration().toNanos(),
                                TimeUnit.NANOSECONDS)
                        .description("Exchanges that the store answered, and how long that took")
                        .register(meters),
                FunctionCounter.builder(
                                "breaker.sharing.failures",
                                registry,
                                asked -> asked.exchanges().failed())
                        .baseUnit("failures")
                        .description("Operations that the store did not answer, or with an error")
                        .register(meters));
    }

    private static double degraded(BreakerRegistry registry) {
        return registry.sharing() == BreakerSnapshot.Sharing.DEGRADED ? 1 : 0;
    }
}
