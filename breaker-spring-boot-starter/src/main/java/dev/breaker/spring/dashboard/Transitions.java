package dev.breaker.spring.dashboard;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Remembers the last transitions of all circuits together, and when sharing ended and began again, of this instance and since
 * it started. Safe for use by many threads.
 */
final class Transitions implements BreakerListener {

    private static final int KEPT = 50;

    private record Seen(long number, long at, BreakerEvent event) {}

    private final Deque<Seen> last = new ArrayDeque<>();
    private final Ticker ticker;
    private long number;

    Transitions(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        add(event);
    }

    @Override
    public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
        add(event);
    }

    @Override
    public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
        add(event);
    }

    private synchronized void add(BreakerEvent event) {
        if (last.size() == KEPT) {
            last.removeLast();
        }
        last.addFirst(new Seen(++number, ticker.read(), event));
    }

    /** The newest first. */
    synchronized List<TransitionView> newest() {
        long now = ticker.read();
        return last.stream()
                .map(seen -> TransitionView.of(seen.number, (now - seen.at) / 1_000_000, seen.event))
                .toList();
    }
}
