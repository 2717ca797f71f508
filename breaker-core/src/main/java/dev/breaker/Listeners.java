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

    Listeners(Timers deliveries) {
        this.deliveries = deliveries;
    }

    void add(BreakerListener listener) {
        all.add(listener);
    }

    void remove(BreakerListener listener) {
        all.remove(listener);
    }

    boolean isEmpty() {
        return all.isEmpty();
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
