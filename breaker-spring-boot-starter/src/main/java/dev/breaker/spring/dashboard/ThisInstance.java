package dev.breaker.spring.dashboard;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Knows no instance but this one. */
final class ThisInstance implements Instances {

    private final BreakerRegistry registry;

    ThisInstance(BreakerRegistry registry) {
        this.registry = registry;
    }

    @Override
    public List<InstanceView> alive() {
        Map<String, Totals> totals = new HashMap<>();
        registry.breakers().forEach(breaker -> totals.put(breaker.name(), Totals.of(breaker.totals())));
        Set<String> isolated = registry.breakers().stream()
                .filter(breaker -> isIsolated(breaker.snapshot()))
                .map(Breaker::name)
                .collect(Collectors.toSet());
        return List.of(new InstanceView(registry.instance(), true, Duration.ZERO, isolated, totals));
    }

    /* Without the store an instance is alone with all its circuits, which is another matter. */
    private static boolean isIsolated(BreakerSnapshot snapshot) {
        return snapshot.sharing() == BreakerSnapshot.Sharing.ACTIVE
                && snapshot.stateScope() == BreakerScope.INSTANCE
                && snapshot.automaticState() != BreakerState.CLOSED;
    }
}
