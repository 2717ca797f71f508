package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Shows every circuit and the condition of the sharing. Always UP: an open circuit means that the service protects itself, and
 * without its store it goes on by itself. Durations are in milliseconds, rates in percent.
 */
public final class BreakersHealthIndicator extends AbstractHealthIndicator {

    private final BreakerRegistry registry;

    /** Shows the circuits of a registry. */
    public BreakersHealthIndicator(BreakerRegistry registry) {
        super("The state of the circuit breakers could not be read");
        this.registry = registry;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("sharing", SharingDetails.of(registry));
        Map<String, Object> circuits = new TreeMap<>();
        for (Breaker breaker : registry.breakers()) {
            circuits.put(breaker.name(), CircuitDetails.of(breaker));
        }
        builder.withDetail("circuits", circuits);
    }
}
