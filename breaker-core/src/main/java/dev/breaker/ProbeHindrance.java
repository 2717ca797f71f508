package dev.breaker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that keeps a due circuit from being probed in the background, during one stay. If it lasts, calls probe instead.
 * Used under the circuit's lock, but for {@link #lastsIn}.
 */
final class ProbeHindrance {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final OpenPhase stay;
    private final long since;
    private volatile boolean lasts;

    ProbeHindrance(OpenPhase stay) {
        this.stay = stay;
        this.since = stay.circuit.now();
    }

    boolean isIn(Phase phase) {
        return stay == phase;
    }

    /** Whether calls of that phase probe because of it. Takes no lock. */
    boolean lastsIn(Phase phase) {
        return lasts && isIn(phase);
    }

    /**
     * It is still there.
     *
     * @param patience for how many nanoseconds calls do not take over
     * @param what in words
     */
    void goesOn(long patience, String what) {
        long time = stay.circuit.now() - since;
        if (!lasts && time >= patience) {
            lasts = true;
            stay.circuit.effect(() -> log.warn(
                    "Calls probe the partner of circuit breaker '{}', because its health probe could not be started for"
                            + " {} ms: {}; give the check a time-out of its own",
                    stay.circuit.name(),
                    time / 1_000_000,
                    what));
        }
    }
}
