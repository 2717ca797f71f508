package dev.breaker;

import org.jspecify.annotations.Nullable;

/** Tells of one circuit's transitions, until the circuit is removed. Used under the circuit's lock but for {@link #tell}. */
final class Announcer {

    private final String name;
    private final Outcomes outcomes;
    private final Listeners listeners;
    private BreakerState announced;
    private long since;
    private boolean silent;

    /**
     * @param start the state that needs no telling
     */
    Announcer(String name, Outcomes outcomes, Listeners listeners, BreakerState start, long now) {
        this.name = name;
        this.outcomes = outcomes;
        this.listeners = listeners;
        this.announced = start;
        this.since = now;
    }

    /** The transition to tell of, null if the state is the same. */
    BreakerEvent.@Nullable Transition transition(
            BreakerState to, String why, BreakerScope scope, long epoch, boolean announcer, long now) {
        BreakerState from = announced;
        if (from == to) {
            return null;
        }
        boolean trips = to == BreakerState.OPEN && (from == BreakerState.CLOSED || from == BreakerState.HALF_OPEN);
        String lastFailure = trips ? outcomes.lastFailureSince(since) : null;
        announced = to;
        since = now;
        return new BreakerEvent.Transition(name, from, to, why, scope, epoch, announcer, lastFailure);
    }

    /** Tells of it, without the circuit's lock. */
    void tell(BreakerEvent.Transition event) {
        listeners.exclusively(() -> {
            if (!silent) {
                listeners.transition(event);
            }
        });
    }

    /** Tells of nothing any more; under the lock of the listeners. */
    void fallSilent() {
        silent = true;
    }
}
