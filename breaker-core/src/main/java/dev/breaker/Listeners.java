package dev.breaker;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers events: those of calls in the caller's thread, all others in order and one at a time on a thread of their own. */
final class Listeners {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final CopyOnWriteArrayList<BreakerListener> all = new CopyOnWriteArrayList<>();
    private final Timers deliveries;
    private volatile boolean wantSuccesses;
    private volatile boolean wantFailures;
    private volatile boolean wantIgnored;
    private volatile boolean wantRejections;

    Listeners(Timers deliveries) {
        this.deliveries = deliveries;
    }

    synchronized void add(BreakerListener listener) {
        all.add(listener);
        ask();
    }

    synchronized void remove(BreakerListener listener) {
        all.remove(listener);
        ask();
    }

    private void ask() {
        wantSuccesses = anyOverrides("onSuccess", BreakerEvent.Success.class);
        wantFailures = anyOverrides("onFailure", BreakerEvent.Failure.class);
        wantIgnored = anyOverrides("onIgnored", BreakerEvent.Ignored.class);
        wantRejections = anyOverrides("onRejected", BreakerEvent.Rejected.class);
    }

    /* An event for every call is built only for those who look at it. */
    private boolean anyOverrides(String method, Class<? extends BreakerEvent> event) {
        return all.stream().anyMatch(listener -> {
            try {
                return listener.getClass().getMethod(method, event).getDeclaringClass() != BreakerListener.class;
            } catch (NoSuchMethodException never) {
                throw new IllegalStateException(never);
            }
        });
    }

    boolean wantSuccesses() {
        return wantSuccesses;
    }

    boolean wantFailures() {
        return wantFailures;
    }

    boolean wantIgnored() {
        return wantIgnored;
    }

    boolean wantRejections() {
        return wantRejections;
    }

    void created(String breaker) {
        BreakerEvent.Created event = new BreakerEvent.Created(breaker);
        deliveries.soon(() -> tell(listener -> listener.onCreated(event)));
    }

    void removed(String breaker) {
        BreakerEvent.Removed event = new BreakerEvent.Removed(breaker);
        deliveries.soon(() -> tell(listener -> listener.onRemoved(event)));
    }

    void transition(BreakerEvent.Transition event) {
        deliveries.soon(() -> {
            TransitionLog.write(event);
            tell(listener -> listener.onTransition(event));
        });
    }

    void sharingDegraded(BreakerEvent.SharingDegraded event) {
        deliveries.soon(() -> tell(listener -> listener.onSharingDegraded(event)));
    }

    void sharingRecovered(BreakerEvent.SharingRecovered event) {
        deliveries.soon(() -> tell(listener -> listener.onSharingRecovered(event)));
    }

    void tell(Consumer<BreakerListener> event) {
        for (BreakerListener listener : all) {
            try {
                event.accept(listener);
            } catch (Throwable fault) {
                log.warn("A listener of circuit breaker events failed", fault);
            }
        }
    }
}
