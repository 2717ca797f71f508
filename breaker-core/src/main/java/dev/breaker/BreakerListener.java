package dev.breaker;

/**
 * Is told what happens to circuits. All methods do nothing by default.
 *
 * <p>Outcomes of calls and rejections are told in the caller's thread, so be quick; they cost nothing where no listener has a
 * method of its own for them. All else is told on a thread of the registry, in order and one at a time, so that a slow listener
 * delays only other listeners. What is thrown here is logged and harms neither the call nor other listeners.
 *
 * <p>A listener that is added late finds what was created before it in {@link BreakerRegistry#breakers()}.
 */
public interface BreakerListener {

    /** A circuit was created. */
    default void onCreated(BreakerEvent.Created event) {}

    /** A circuit was removed. */
    default void onRemoved(BreakerEvent.Removed event) {}

    /** A circuit goes on with other settings. */
    default void onReconfigured(BreakerEvent.Reconfigured event) {}

    /** The circuit moved from one state to another. */
    default void onTransition(BreakerEvent.Transition event) {}

    /** A call was rejected. */
    default void onRejected(BreakerEvent.Rejected event) {}

    /** A call succeeded. */
    default void onSuccess(BreakerEvent.Success event) {}

    /** A call failed. */
    default void onFailure(BreakerEvent.Failure event) {}

    /** A call was not counted. */
    default void onIgnored(BreakerEvent.Ignored event) {}

    /** The shared store does not answer any more. */
    default void onSharingDegraded(BreakerEvent.SharingDegraded event) {}

    /** The shared store answers again. */
    default void onSharingRecovered(BreakerEvent.SharingRecovered event) {}
}
