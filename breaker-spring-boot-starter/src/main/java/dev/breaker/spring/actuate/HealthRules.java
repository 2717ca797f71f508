package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerState;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
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
 * @param aggregator decides which of several statuses that are not UP is that of all
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
        SortedSet<Status> present = breakers.stream()
                .filter(breaker -> breaker.family().isEmpty() && affecting.test(breaker.name()))
                .map(breaker -> statuses.getOrDefault(breaker.state(), Status.UP))
                .filter(status -> !status.equals(Status.UP))
                .collect(Collectors.toCollection(() -> new TreeSet<>(Comparator.comparing(Status::getCode))));
        return present.isEmpty() ? Status.UP : worst(present);
    }

    /* An aggregator leaves out what it does not rank, and says UNKNOWN if nothing remains. */
    private Status worst(SortedSet<Status> present) {
        Status ranked = aggregator.getAggregateStatus(present);
        return ranked.equals(Status.UNKNOWN) && !present.contains(ranked) ? present.first() : ranked;
    }
}
