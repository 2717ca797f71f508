package dev.breaker.shared;

/** Told by a {@link SharedStore} what other instances did. Implementations must not block. */
public interface SharedStoreListener {

    /** The circuit entered a state. */
    void stateChanged(String breaker, SharedState state);

    /** An operator set or ended an override of the circuit. */
    void overrideChanged(String breaker, SharedOverride override);

    /** The subscription was established, or established again: messages may have been missed. */
    void subscribed();
}
