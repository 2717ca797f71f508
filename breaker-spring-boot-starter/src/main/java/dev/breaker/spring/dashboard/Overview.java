package dev.breaker.spring.dashboard;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.spring.dashboard.DashboardData.AliveView;
import dev.breaker.spring.dashboard.DashboardData.StoreView;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at all circuits, instances and transitions. */
final class Overview {

    /** More would take the page longer than a second. */
    private static final int MOST_CIRCUITS = 1_000;

    private static final Comparator<Standing> WORST_FIRST =
            Comparator.comparing(Standing::isWell).thenComparing(Standing::name);

    /* What is sorted must not change meanwhile, as a circuit's state may. */
    private record Standing(Breaker breaker, String name, boolean isWell) {}

    private final String service;
    private final BreakerRegistry registry;
    private final Instances instances;
    private final Transitions transitions;

    Overview(String service, BreakerRegistry registry, Instances instances, Transitions transitions) {
        this.service = service;
        this.registry = registry;
        this.instances = instances;
        this.transitions = transitions;
    }

    /**
     * @param user who asks, null if nobody knows
     * @param decisions where decisions are taken, null if nowhere
     * @param search part of the names of the circuits that are wanted if there are too many, null for any
     */
    DashboardData data(@Nullable String user, @Nullable String decisions, @Nullable String search) {
        List<InstanceView> alive = instances.alive().stream()
                .sorted(Comparator.comparing((InstanceView instance) -> !instance.self())
                        .thenComparing(InstanceView::id))
                .toList();
        Collection<Breaker> all = registry.breakers();
        List<CircuitView> circuits = wanted(all, search, alive).stream()
                .map(breaker -> CircuitView.of(breaker, alive))
                .toList();
        return new DashboardData(
                service,
                user,
                decisions,
                store(circuits),
                circuits,
                all.size() - circuits.size(),
                transitions.newest(),
                alive.stream().map(AliveView::of).toList());
    }

    private static Collection<Breaker> wanted(
            Collection<Breaker> all, @Nullable String search, List<InstanceView> alive) {
        if (all.size() <= MOST_CIRCUITS) {
            return all;
        }
        String part = search == null ? "" : search.toLowerCase(Locale.ROOT);
        Set<String> isolated =
                alive.stream().flatMap(instance -> instance.isolated().stream()).collect(Collectors.toSet());
        return all.stream()
                .filter(breaker -> breaker.name().toLowerCase(Locale.ROOT).contains(part))
                .map(breaker -> standing(breaker, isolated))
                .sorted(WORST_FIRST)
                .limit(MOST_CIRCUITS)
                .map(Standing::breaker)
                .toList();
    }

    private static Standing standing(Breaker breaker, Set<String> isolated) {
        String name = breaker.name();
        return new Standing(breaker, name, breaker.state() == BreakerState.CLOSED && !isolated.contains(name));
    }

    private StoreView store(List<CircuitView> circuits) {
        Long staleness = circuits.stream()
                .map(CircuitView::stalenessMs)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
        return new StoreView(registry.sharing(), registry.store().orElse(null), registry.instance(), staleness);
    }
}
