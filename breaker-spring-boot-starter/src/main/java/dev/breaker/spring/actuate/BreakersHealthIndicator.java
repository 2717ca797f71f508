package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.KeyedBreakers;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Shows the circuits and the condition of the sharing. UP unless a circuit that is asked to affect health is in a state that
 * means something else: an open circuit is a service that protects itself, and without its store a service goes on by itself.
 * Durations are in milliseconds, rates in percent.
 *
 * <p>Of circuits with keys, which may be many, it shows how many there are in which state, and the first few that are not
 * CLOSED. They never affect the status: a tenant's partner is not the service.
 */
public final class BreakersHealthIndicator extends AbstractHealthIndicator {

    private static final int MOST_KEYS = 20;

    private final BreakerRegistry registry;
    private final HealthRules rules;

    /** Shows the circuits of a registry by some rules. */
    public BreakersHealthIndicator(BreakerRegistry registry, HealthRules rules) {
        super("The state of the circuit breakers could not be read");
        this.registry = registry;
        this.rules = rules;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.status(rules.status(registry.breakers()));
        builder.withDetail("sharing", SharingDetails.of(registry));
        Map<String, Object> circuits = new TreeMap<>();
        registry.breakers().stream()
                .filter(breaker -> breaker.family().isEmpty() && rules.isShown(breaker.name()))
                .forEach(breaker -> circuits.put(breaker.name(), CircuitDetails.of(breaker)));
        builder.withDetail("circuits", circuits);
        Map<String, Object> keyed = new TreeMap<>();
        registry.families().stream()
                .filter(family -> rules.isShown(family.name()))
                .forEach(family -> keyed.put(family.name(), details(family)));
        if (!keyed.isEmpty()) {
            builder.withDetail("keyed", keyed);
        }
    }

    private static Map<String, Object> details(KeyedBreakers family) {
        Map<BreakerState, Integer> states = new TreeMap<>();
        Map<String, Object> notClosed = new TreeMap<>();
        family.breakers().stream().sorted(Comparator.comparing(Breaker::name)).forEach(breaker -> {
            BreakerState state = breaker.state();
            states.merge(state, 1, Integer::sum);
            if (state != BreakerState.CLOSED && notClosed.size() < MOST_KEYS) {
                notClosed.put(breaker.name(), CircuitDetails.of(breaker));
            }
        });
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("keys", family.size());
        details.put("states", states);
        details.put("notClosed", notClosed);
        return details;
    }
}
