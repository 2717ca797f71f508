package dev.breaker;

import org.jspecify.annotations.Nullable;

/**
 * Tells of one circuit's transitions, each change of state once, and of its settings, until the circuit is removed. Used under
 * the circuit's lock but for {@link #fallSilent}.
 */
final class Announcer {

    private final Circuit circuit;
    private final Listeners listeners;
    private BreakerState announced;
    private long since;
    private @Nullable String held;
    private boolean silent;

    /**
     * @param start the state that needs no telling
     */
    Announcer(Circuit circuit, Listeners listeners, BreakerState start) {
        this.circuit = circuit;
        this.listeners = listeners;
        this.announced = start;
        this.since = circuit.now();
    }

    /** Waits with an opening or a reset until it is known whose it is. */
    void hold(String why) {
        held = why;
    }

    /** Why the circuit has opened or was reset, if that has yet to be told. */
    @Nullable
    String held() {
        return held;
    }

    /** What was held back is over, and needs no telling. */
    void drop() {
        held = null;
    }

    /** Tells of the transition once the lock is free, unless the state is the same. */
    void announce(BreakerState to, String why, BreakerScope scope, long epoch, boolean announcer) {
        held = null;
        BreakerState from = announced;
        if (from == to) {
            return;
        }
        boolean trips = to == BreakerState.OPEN && (from == BreakerState.CLOSED || from == BreakerState.HALF_OPEN);
        String lastFailure = trips ? circuit.outcomes().lastFailureSince(since) : null;
        announced = to;
        since = circuit.now();
        BreakerEvent.Transition event =
                new BreakerEvent.Transition(circuit.name(), from, to, why, scope, epoch, announcer, lastFailure);
        tell(() -> listeners.transition(event));
    }

    /** Tells of other settings once the lock is free. */
    void reconfigured() {
        tell(() -> listeners.reconfigured(new BreakerEvent.Reconfigured(circuit.name())));
    }

    private void tell(Runnable news) {
        circuit.effect(() -> listeners.exclusively(() -> {
            if (!silent) {
                news.run();
            }
        }));
    }

    /** Tells of nothing any more; under the lock of the listeners. */
    void fallSilent() {
        silent = true;
    }
}
