package dev.breaker.spring.actuate;

import dev.breaker.BreakerRegistry;
import java.util.LinkedHashMap;
import java.util.Map;

/** What health and endpoints show of the sharing. */
final class SharingDetails {

    private SharingDetails() {}

    static Map<String, Object> of(BreakerRegistry registry) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", registry.sharing());
        registry.store().ifPresent(store -> details.put("store", store));
        details.put("instance", registry.instance());
        return details;
    }
}
