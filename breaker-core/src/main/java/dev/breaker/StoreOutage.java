package dev.breaker;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers the circuits of a registry. Makes one event and one log line of the beginning and the end of each
 * outage; what falters again within a second of its return was not back.
 */
final class StoreOutage {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final long CALM = Duration.ofSeconds(1).toNanos();

    /* Not by name: a removed circuit may have a successor. */
    private final Set<Circuit> cutOff = new HashSet<>();
    private final Listeners listeners;
    private final Ticker ticker;
    private final Timers timers;
    private final String store;
    private boolean told;
    private long began;
    private Timers.@Nullable Task end;

    StoreOutage(Listeners listeners, Ticker ticker, Timers timers, String store) {
        this.listeners = listeners;
        this.ticker = ticker;
        this.timers = timers;
        this.store = store;
    }

    /** A circuit is cut off from the store. */
    synchronized void begins(Circuit circuit, String cause) {
        cutOff.add(circuit);
        if (end != null) {
            end.cancel();
            end = null;
        }
        if (!told) {
            told = true;
            began = ticker.read();
            log.warn("Circuit breakers are not shared at the moment, this instance decides by itself: {}", cause);
            listeners.sharingDegraded(new BreakerEvent.SharingDegraded(circuit.name(), cause));
        }
    }

    /** The store answers a circuit again, or the circuit exists no more. */
    synchronized void ends(Circuit circuit) {
        if (cutOff.remove(circuit) && cutOff.isEmpty()) {
            Duration outage = Duration.ofNanos(ticker.read() - began);
            end = timers.after(CALM, () -> tellEnd(circuit.name(), outage));
        }
    }

    private synchronized void tellEnd(String breaker, Duration outage) {
        if (cutOff.isEmpty() && told) {
            told = false;
            end = null;
            log.info("Circuit breakers are shared again after {} ms ({})", outage.toMillis(), store);
            listeners.sharingRecovered(new BreakerEvent.SharingRecovered(breaker, outage));
        }
    }

    synchronized boolean lasts() {
        return !cutOff.isEmpty();
    }
}
