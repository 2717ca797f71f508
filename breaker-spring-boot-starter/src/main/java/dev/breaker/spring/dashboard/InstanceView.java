package dev.breaker.spring.dashboard;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * One instance of the service that is alive.
 *
 * @param id its identity
 * @param self whether it is the one that tells
 * @param age how old the news of it are
 * @param isolated names of the circuits that it has opened for itself while the cluster's are closed
 * @param totals its calls since its circuits were created, by the names of the circuits
 */
record InstanceView(String id, boolean self, Duration age, Set<String> isolated, Map<String, Totals> totals) {}
