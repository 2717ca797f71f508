package dev.breaker.spring.dashboard;

import dev.breaker.BreakerRegistry;
import dev.breaker.Ticker;
import dev.breaker.shared.InstanceReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Knows the instances that share the store, as they tell of themselves. Safe for use by many threads. */
final class ClusterInstances implements Instances {

    private final Map<String, PeerTotals> peers = new HashMap<>();
    private final BreakerRegistry registry;
    private final Ticker ticker;

    ClusterInstances(BreakerRegistry registry, Ticker ticker) {
        this.registry = registry;
        this.ticker = ticker;
    }

    /** Waits for the store, half a second at most. */
    @Override
    public List<InstanceView> alive() {
        List<InstanceReport> reports =
                registry.instances().toCompletableFuture().join();
        synchronized (peers) {
            peers.keySet()
                    .retainAll(reports.stream().map(InstanceReport::instance).collect(Collectors.toSet()));
            List<InstanceView> alive = new ArrayList<>();
            for (InstanceReport report : reports) {
                alive.add(view(report, report.instance().equals(registry.instance())));
            }
            return alive;
        }
    }

    private boolean isKnown(String circuit) {
        return registry.find(circuit).isPresent();
    }

    private InstanceView view(InstanceReport report, boolean self) {
        Map<String, Totals> totals = self
                ? PeerTotals.told(report)
                : peers.computeIfAbsent(report.instance(), name -> new PeerTotals(this::isKnown))
                        .at(ticker.read(), report);
        return new InstanceView(report.instance(), self, report.age(), Set.copyOf(report.isolated()), totals);
    }
}
