package dev.breaker.shared;

import java.time.Duration;

/**
 * One stay of a circuit in a state, as the cluster sees it.
 *
 * @param epoch identity of the stay; grows with every transition of this circuit
 * @param kind which state
 * @param elapsed how long the stay has lasted
 * @param remaining OPEN: the wait until probes are admitted; HALF_OPEN: the time until the stay is given up, zero if it may
 *     last for ever; CLOSED: zero
 * @param opens how many times in a row the circuit has opened without closing in between
 * @param instance who made the transition into this stay
 * @param cause why, in words
 * @param probes the probes of a HALF_OPEN stay, otherwise {@link Probes#NONE}
 */
public record SharedState(
        long epoch,
        Kind kind,
        Duration elapsed,
        Duration remaining,
        int opens,
        String instance,
        String cause,
        Probes probes) {

    /** The automatic states of a circuit. */
    public enum Kind {
        /** Calls are made. */
        CLOSED,
        /** Calls are rejected. */
        OPEN,
        /** Probes are made, other calls rejected. */
        HALF_OPEN
    }

    private static final SharedState INITIAL =
            new SharedState(0, Kind.CLOSED, Duration.ZERO, Duration.ZERO, 0, "", "", Probes.NONE);

    /** The state of a circuit that nobody has moved yet: CLOSED at epoch 0. */
    public static SharedState initial() {
        return INITIAL;
    }
}
