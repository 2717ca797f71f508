package dev.breaker.spring.dashboard;

import dev.breaker.BreakerSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All that the page shows at one moment.
 *
 * @param service name of the service
 * @param user who asks, null if nobody knows
 * @param decisions where decisions about circuits are taken, relative to the page; null if there is no such place
 * @param sharing the store and what it said last
 * @param circuits the circuits, the worst first if there are too many
 * @param omitted how many circuits are not among them
 * @param transitions the last ones, the newest first
 * @param instances those that are alive, this one first
 */
record DashboardData(
        String service,
        @Nullable String user,
        @Nullable String decisions,
        StoreView sharing,
        List<CircuitView> circuits,
        int omitted,
        List<TransitionView> transitions,
        List<AliveView> instances)
        implements OperationResponseBody {

    /**
     * The store.
     *
     * @param status whether it answers
     * @param store which it is, null without one
     * @param instance identity of this instance
     * @param stalenessMs age of its last answer in milliseconds, null if it never answered
     */
    record StoreView(
            BreakerSnapshot.Sharing status,
            @Nullable String store,
            String instance,
            @Nullable Long stalenessMs) {}

    /** An instance that is alive; see {@link InstanceView}. */
    record AliveView(String id, boolean self, long ageMs, List<String> isolated) {

        static AliveView of(InstanceView instance) {
            return new AliveView(
                    instance.id(),
                    instance.self(),
                    instance.age().toMillis(),
                    instance.isolated().stream().sorted().toList());
        }
    }
}
