package dev.breaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that happened to a circuit. Events of calls are built only for listeners that want them. */
public sealed interface BreakerEvent {

    /** Name of the circuit. */
    String breaker();

    /**
     * The circuit was created on this instance and can be found: the first event of its name.
     *
     * @param breaker name of the circuit
     */
    record Created(String breaker) implements BreakerEvent {}

    /**
     * The circuit was removed from this instance. Calls of those who still hold it are told, its transitions are not. There
     * may be another circuit of that name later.
     *
     * @param breaker name of the circuit
     */
    record Removed(String breaker) implements BreakerEvent {}

    /**
     * The circuit goes on with other settings, see {@link BreakerRegistry#reconfigure()}.
     *
     * @param breaker name of the circuit
     */
    record Reconfigured(String breaker) implements BreakerEvent {}

    /**
     * The circuit moved from one state to another. Every instance sees every transition it follows; exactly one instance of
     * the cluster is the one that {@linkplain #announcer() announces} it.
     *
     * @param breaker name of the circuit
     * @param from state left
     * @param to state entered
     * @param cause why, in words
     * @param scope whether the whole cluster moved or this instance alone
     * @param epoch identity of the stay that begins in the cluster; zero when the instance moved alone, and when an override
     *     begins or ends
     * @param announcer whether this instance made the transition
     * @param lastFailure when a CLOSED or HALF_OPEN circuit opens, class and message of the last failure that this instance
     *     recorded in the state left; null if there was none, and for all other transitions
     */
    record Transition(
            String breaker,
            BreakerState from,
            BreakerState to,
            String cause,
            BreakerScope scope,
            long epoch,
            boolean announcer,
            @Nullable String lastFailure)
            implements BreakerEvent {}

    /**
     * A call was rejected.
     *
     * @param breaker name of the circuit
     * @param state state that rejected it
     */
    record Rejected(String breaker, BreakerState state) implements BreakerEvent {}

    /**
     * A call succeeded.
     *
     * @param breaker name of the circuit
     * @param nanos its duration, zero unless calls are timed
     */
    record Success(String breaker, long nanos) implements BreakerEvent {}

    /**
     * A call failed.
     *
     * @param breaker name of the circuit
     * @param cause what it threw, null if its result was classified as failure
     * @param nanos its duration, zero unless calls are timed
     */
    record Failure(String breaker, @Nullable Throwable cause, long nanos) implements BreakerEvent {}

    /**
     * A call was not counted.
     *
     * @param breaker name of the circuit
     * @param cause what it threw, if anything
     * @param nanos its duration, zero unless calls are timed and it came to its end
     */
    record Ignored(String breaker, @Nullable Throwable cause, long nanos) implements BreakerEvent {}

    /**
     * The shared store does not answer: from now on this instance decides by its own window. One event per outage, not one
     * per circuit.
     *
     * @param breaker the circuit that noticed first
     * @param cause what the store answered
     */
    record SharingDegraded(String breaker, String cause) implements BreakerEvent {}

    /**
     * The shared store answers again.
     *
     * @param breaker the circuit that noticed last
     * @param outage how long the store was away
     */
    record SharingRecovered(String breaker, Duration outage) implements BreakerEvent {}
}
