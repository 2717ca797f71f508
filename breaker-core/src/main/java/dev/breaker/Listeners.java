package dev.breaker;

import java.util.List;

/**
 * Delivers events: those of calls in the caller's thread, all others in order and one at a time on a thread of their own.
 *
 * <p>What must happen together with an event, such as that others can find a new circuit, happens under the lock that orders
 * the events. Nobody is told anything under it.
 */
final class Listeners extends Exclusive {

    final Audience<BreakerEvent.Success> successes =
            new Audience<>("onSuccess", BreakerEvent.Success.class, BreakerListener::onSuccess);
    final Audience<BreakerEvent.Failure> failures =
            new Audience<>("onFailure", BreakerEvent.Failure.class, BreakerListener::onFailure);
    final Audience<BreakerEvent.Ignored> ignored =
            new Audience<>("onIgnored", BreakerEvent.Ignored.class, BreakerListener::onIgnored);
    final Audience<BreakerEvent.Rejected> rejections =
            new Audience<>("onRejected", BreakerEvent.Rejected.class, BreakerListener::onRejected);

    private final Audience<BreakerEvent.Created> creations =
            new Audience<>("onCreated", BreakerEvent.Created.class, BreakerListener::onCreated);
    private final Audience<BreakerEvent.Removed> removals =
            new Audience<>("onRemoved", BreakerEvent.Removed.class, BreakerListener::onRemoved);
    private final Audience<BreakerEvent.Reconfigured> reconfigurations =
            new Audience<>("onReconfigured", BreakerEvent.Reconfigured.class, BreakerListener::onReconfigured);
    private final Audience<BreakerEvent.Transition> transitions =
            new Audience<>("onTransition", BreakerEvent.Transition.class, BreakerListener::onTransition);
    private final Audience<BreakerEvent.SharingDegraded> degradations =
            new Audience<>("onSharingDegraded", BreakerEvent.SharingDegraded.class, BreakerListener::onSharingDegraded);
    private final Audience<BreakerEvent.SharingRecovered> recoveries = new Audience<>(
            "onSharingRecovered", BreakerEvent.SharingRecovered.class, BreakerListener::onSharingRecovered);
    private final List<Audience<?>> all = List.of(
            successes,
            failures,
            ignored,
            rejections,
            creations,
            removals,
            reconfigurations,
            transitions,
            degradations,
            recoveries);
    private final Timers deliveries;

    Listeners(Timers deliveries) {
        this.deliveries = deliveries;
    }

    /** Delivers nothing any more. */
    void stop() {
        deliveries.stop();
    }

    void add(BreakerListener listener) {
        all.forEach(audience -> audience.add(listener));
    }

    void remove(BreakerListener listener) {
        all.forEach(audience -> audience.remove(listener));
    }

    /** Under the lock. */
    void created(BreakerEvent.Created event) {
        effect(() -> deliveries.soon(() -> creations.tell(event)));
    }

    /** Under the lock. */
    void removed(BreakerEvent.Removed event) {
        effect(() -> deliveries.soon(() -> removals.tell(event)));
    }

    /** Under the lock. */
    void reconfigured(BreakerEvent.Reconfigured event) {
        effect(() -> deliveries.soon(() -> reconfigurations.tell(event)));
    }

    /** Under the lock. */
    void transition(BreakerEvent.Transition event) {
        effect(() -> deliveries.soon(() -> {
            TransitionLog.write(event);
            transitions.tell(event);
        }));
    }

    void sharingDegraded(BreakerEvent.SharingDegraded event) {
        exclusively(() -> effect(() -> deliveries.soon(() -> degradations.tell(event))));
    }

    void sharingRecovered(BreakerEvent.SharingRecovered event) {
        exclusively(() -> effect(() -> deliveries.soon(() -> recoveries.tell(event))));
    }

    @Override
    public String toString() {
        return "The delivery of circuit breaker events";
    }
}
