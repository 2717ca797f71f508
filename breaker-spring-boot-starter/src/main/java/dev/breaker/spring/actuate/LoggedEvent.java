package dev.breaker.spring.actuate;

import dev.breaker.BreakerEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is shown. Holds text rather than the exception, which may hold anything.
 *
 * @param number its place in the order of all events of this instance
 * @param breaker name of the circuit
 * @param time when, by this machine's clock
 * @param details the rest, by name
 */
record LoggedEvent(long number, String breaker, Instant time, Map<String, Object> details) {

    private static final int LONGEST_TEXT = 500;

    static LoggedEvent of(long number, Instant time, BreakerEvent event) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("time", time.toString());
        details.put("breaker", event.breaker());
        if (event instanceof BreakerEvent.Transition transition) {
            details.put("type", "TRANSITION");
            details.put("from", transition.from());
            details.put("to", transition.to());
            details.put("cause", text(transition.cause()));
            details.put("scope", transition.scope());
            details.put("epoch", transition.epoch());
            details.put("announcer", transition.announcer());
        } else if (event instanceof BreakerEvent.Failure failure) {
            details.put("type", "FAILURE");
            exception(details, failure.cause());
            duration(details, failure.nanos());
        } else if (event instanceof BreakerEvent.Ignored ignored) {
            details.put("type", "IGNORED");
            exception(details, ignored.cause());
            duration(details, ignored.nanos());
        } else if (event instanceof BreakerEvent.SharingDegraded degraded) {
            details.put("type", "SHARING_DEGRADED");
            details.put("cause", text(degraded.cause()));
        } else if (event instanceof BreakerEvent.SharingRecovered recovered) {
            details.put("type", "SHARING_RECOVERED");
            details.put("outageMs", recovered.outage().toMillis());
        }
        return new LoggedEvent(number, event.breaker(), time, details);
    }

    private static void exception(Map<String, Object> details, @Nullable Throwable cause) {
        if (cause == null) {
            details.put("cause", "result classified as failure");
            return;
        }
        details.put("exception", cause.getClass().getName());
        String message = cause.getMessage();
        if (message != null) {
            details.put("message", text(message));
        }
    }

    private static void duration(Map<String, Object> details, long nanos) {
        if (nanos > 0) {
            details.put("durationMs", nanos / 1_000_000);
        }
    }

    private static String text(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
    }
}
