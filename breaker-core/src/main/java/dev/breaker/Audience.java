package dev.breaker;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those listeners that want one kind of event: the ones that have a method of their own for it. Safe for use by many threads. */
final class Audience<E extends BreakerEvent> {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final CopyOnWriteArrayList<BreakerListener> members = new CopyOnWriteArrayList<>();
    private final String callback;
    private final Class<E> event;
    private final BiConsumer<BreakerListener, E> call;

    /**
     * @param callback name of the listener's method
     * @param event what the method takes
     * @param call calls it
     */
    Audience(String callback, Class<E> event, BiConsumer<BreakerListener, E> call) {
        this.callback = callback;
        this.event = event;
        this.call = call;
    }

    /** Adds a listener if it wants the event, or if that cannot be found out. */
    void add(BreakerListener listener) {
        if (wants(listener)) {
            members.add(listener);
        }
    }

    private boolean wants(BreakerListener listener) {
        try {
            return listener.getClass().getMethod(callback, event).getDeclaringClass() != BreakerListener.class;
        } catch (NoSuchMethodException | LinkageError | SecurityException hidden) {
            log.debug("Whether {} has {} cannot be found out, so it is told", listener.getClass(), callback, hidden);
            return true;
        }
    }

    void remove(BreakerListener listener) {
        members.remove(listener);
    }

    /** Whether nobody wants the event, so that it need not be built. */
    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Tells all, each of whom may fail. */
    void tell(E what) {
        for (BreakerListener listener : members) {
            try {
                call.accept(listener, what);
            } catch (Throwable fault) {
                log.warn("A listener of circuit breaker events failed", fault);
            }
        }
    }
}
