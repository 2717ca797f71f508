package dev.breaker;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the store answers the circuits of a registry; makes one event and one log line of each outage. */
final class StoreOutage {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final Set<String> cutOff = new HashSet<>();
    private final Listeners listeners;
    private final Ticker ticker;
    private final String store;
    private long since;

    StoreOutage(Listeners listeners, Ticker ticker, String store) {
        this.listeners = listeners;
        this.ticker = ticker;
        this.store = store;
    }

    synchronized void begins(String breaker, String cause) {
        if (cutOff.isEmpty()) {
            since = ticker.read();
            log.warn("Circuit breakers are not shared at the moment, this instance decides by itself: {}", cause);
            listeners.sharingDegraded(new BreakerEvent.SharingDegraded(breaker, cause));
        }
        cutOff.add(breaker);
    }

    synchronized void ends(String breaker) {
        if (cutOff.remove(breaker) && cutOff.isEmpty()) {
            Duration outage = Duration.ofNanos(ticker.read() - since);
            log.info("Circuit breakers are shared again after {} ms ({})", outage.toMillis(), store);
            listeners.sharingRecovered(new BreakerEvent.SharingRecovered(breaker, outage));
        }
    }

    synchronized boolean lasts() {
        return !cutOff.isEmpty();
    }
}
