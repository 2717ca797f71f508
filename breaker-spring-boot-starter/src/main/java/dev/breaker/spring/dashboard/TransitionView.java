package dev.breaker.spring.dashboard;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a circuit, or to the sharing: then there is no name.
 *
 * @param number its place in the order of this instance
 * @param ageMs how long ago, in milliseconds
 * @param type TRANSITION, SHARING_DEGRADED or SHARING_RECOVERED
 */
record TransitionView(
        long number,
        long ageMs,
        String type,
        @Nullable String name,
        @Nullable BreakerState from,
        @Nullable BreakerState to,
        @Nullable BreakerScope scope,
        String cause) {

    static TransitionView of(long number, long ageMs, BreakerEvent event) {
        if (event instanceof BreakerEvent.Transition moved) {
            return new TransitionView(
                    number,
                    ageMs,
                    "TRANSITION",
                    moved.breaker(),
                    moved.from(),
                    moved.to(),
                    moved.scope(),
                    moved.cause());
        }
        if (event instanceof BreakerEvent.SharingRecovered recovered) {
            return ofSharing(number, ageMs, "SHARING_RECOVERED", "after " + seconds(recovered.outage()));
        }
        String cause = event instanceof BreakerEvent.SharingDegraded degraded ? degraded.cause() : "";
        return ofSharing(number, ageMs, "SHARING_DEGRADED", cause);
    }

    private static TransitionView ofSharing(long number, long ageMs, String type, String cause) {
        return new TransitionView(number, ageMs, type, null, null, null, null, cause);
    }

    private static String seconds(Duration outage) {
        return outage.toMillis() / 1000.0 + " s";
    }
}
