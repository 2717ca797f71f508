package dev.breaker.spring.actuate;

import dev.breaker.BreakerRegistry;
import dev.breaker.shared.InstanceReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the endpoint shows of the instances that are alive. Durations are in milliseconds. */
final class InstanceDetails {

    private InstanceDetails() {}

    /** This one first. Waits for the store for no more than half a second. */
    static List<Map<String, Object>> of(BreakerRegistry registry) {
        return registry.instances().toCompletableFuture().join().stream()
                .map(instance -> of(instance, instance.instance().equals(registry.instance())))
                .toList();
    }

    private static Map<String, Object> of(InstanceReport instance, boolean self) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("id", instance.instance());
        details.put("self", self);
        details.put("ageMs", instance.age().toMillis());
        details.put("isolated", instance.isolated());
        return details;
    }
}
