package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
        builder.up().withDetail("sharing", sharing());
        Map<String, Object> circuits = new TreeMap<>();
        for (Breaker breaker : registry.breakers()) {
            circuits.put(breaker.name(), circuit(breaker.snapshot()));
        }
        builder.withDetail("circuits", circuits);
    }

    private Map<String, Object> sharing() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", registry.sharing());
        registry.store().ifPresent(store -> details.put("store", store));
        details.put("instance", registry.instance());
        return details;
    }

    private static Map<String, Object> circuit(BreakerSnapshot snapshot) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", snapshot.state());
        details.put("scope", snapshot.stateScope());
        putMillis(details, "timeLeftOpenMs", snapshot.timeLeftOpen());
        details.put("failureRate", snapshot.counts().failureRate());
        details.put("slowCallRate", snapshot.counts().slowCallRate());
        details.put("calls", snapshot.counts().calls());
        details.put("failures", snapshot.counts().failures());
        details.put("slowCalls", snapshot.counts().slow());
        details.put("consecutiveFailures", snapshot.counts().consecutiveFailures());
        details.put("countsScope", snapshot.countsScope());
        details.put("rejectedCalls", snapshot.rejectedCalls());
        details.put("epoch", snapshot.epoch());
        put(details, "cause", snapshot.cause().isEmpty() ? null : snapshot.cause());
        put(details, "lastFailure", snapshot.lastFailure());
        put(details, "override", override(snapshot.override()));
        details.put("sharing", snapshot.sharing());
        putMillis(details, "stalenessMs", snapshot.staleness());
        return details;
    }

    private static @Nullable Map<String, Object> override(BreakerSnapshot.@Nullable ActiveOverride override) {
        if (override == null) {
            return null;
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", override.state());
        details.put("reason", override.reason());
        details.put("actor", override.actor());
        putMillis(details, "sinceMs", override.since());
        putMillis(details, "expiresInMs", override.expiresIn());
        return details;
    }

    private static void put(Map<String, Object> details, String key, @Nullable Object value) {
        if (value != null) {
            details.put(key, value);
        }
    }

    private static void putMillis(Map<String, Object> details, String key, @Nullable Duration duration) {
        put(details, key, duration == null ? null : duration.toMillis());
    }
}
