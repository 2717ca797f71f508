package dev.breaker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes one line per transition: WARN for an opening, and only where it was decided. */
final class TransitionLog {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private TransitionLog() {}

    static void write(BreakerEvent.Transition event) {
        boolean opens = event.to() == BreakerState.OPEN || event.to() == BreakerState.FORCED_OPEN;
        log.atLevel(opens && event.announcer() ? Level.WARN : Level.INFO)
                .log(
                        "Circuit breaker '{}' {} -> {}{}: {}{}",
                        event.breaker(),
                        event.from(),
                        event.to(),
                        scope(event),
                        OneLine.of(event.cause()),
                        event.lastFailure() == null ? "" : "; last failure: " + event.lastFailure());
    }

    private static String scope(BreakerEvent.Transition event) {
        if (event.scope() == BreakerScope.INSTANCE) {
            return " on this instance";
        }
        return event.announcer() ? " for all instances" : " as decided by another instance";
    }
}
