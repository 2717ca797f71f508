package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerSnapshot;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * What health and endpoints show of a circuit. Durations are in milliseconds, rates in percent; what does not apply is left
 * out.
 */
final class CircuitDetails {

    private CircuitDetails() {}

    static Map<String, Object> of(Breaker breaker) {
        BreakerSnapshot snapshot = breaker.snapshot();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", snapshot.state());
        details.put("automaticState", snapshot.automaticState());
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
        details.put("fallbackCalls", breaker.totals().fallbacks());
        details.put("epoch", snapshot.epoch());
        put(details, "cause", snapshot.cause().isEmpty() ? null : snapshot.cause());
        put(details, "lastFailure", snapshot.lastFailure());
        putMillis(details, "lastFailureAgeMs", snapshot.lastFailureAge());
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

    /** The settings that are numbers, durations, words or yes and no; what is code is left out. */
    static Map<String, Object> settings(BreakerConfig config) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (RecordComponent setting : BreakerConfig.class.getRecordComponents()) {
            Object value = ReflectionUtils.invokeMethod(setting.getAccessor(), config);
            if (value instanceof Duration duration) {
                settings.put(setting.getName() + "Ms", duration.toMillis());
            } else if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
                settings.put(setting.getName(), value);
            }
        }
        return settings;
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
