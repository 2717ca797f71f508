package dev.breaker.spring.actuate;

import java.util.ArrayDeque;
import java.util.List;

/** The last events, as many as it has room for. */
final class Ring {

    private final ArrayDeque<LoggedEvent> events = new ArrayDeque<>(0);
    private final int size;

    Ring(int size) {
        this.size = size;
    }

    synchronized void add(LoggedEvent event) {
        if (events.size() == size) {
            events.remove();
        }
        events.add(event);
    }

    synchronized List<LoggedEvent> events() {
        return List.copyOf(events);
    }
}
