package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerState;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;

/**
 * Which circuits health shows, and what they make of it.
 *
 * @param shown whether a circuit is shown, by its name
 * @param affecting whether a circuit affects the status, by its name
 * @param statuses what a state of such a circuit means; UP if it is not here
 * @param aggregator decides which of several statuses is that of all
 */
public record HealthRules(
        Predicate<String> shown,
        Predicate<String> affecting,
        Map<BreakerState, Status> statuses,
        StatusAggregator aggregator) {

    boolean isShown(String breaker) {
        return shown.test(breaker);
    }

    Status status(Collection<Breaker> breakers) {
        Set<Status> present = breakers.stream()
                .filter(breaker -> breaker.family().isEmpty() && affecting.test(breaker.name()))
                .map(breaker -> statuses.getOrDefault(breaker.state(), Status.UP))
                .collect(Collectors.toSet());
        present.add(Status.UP);
        return aggregator.getAggregateStatus(present);
    }
}
