package dev.breaker;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what the classifier of one circuit throws, which it may do at every call: one warning a minute at most, the others
 * are counted. Safe for use by many threads.
 */
final class ClassifierFaults {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final String circuit;
    private final Ticker ticker;

    private long quietUntil;
    private boolean quiet;
    private long unreported;

    ClassifierFaults(String circuit, Ticker ticker) {
        this.circuit = circuit;
        this.ticker = ticker;
    }

    /**
     * Reports a fault.
     *
     * @param effect what happens instead, the end of a sentence
     */
    void report(String effect, Throwable fault) {
        long before = turn();
        if (before >= 0) {
            log.warn(
                    "The classifier of circuit breaker '{}' failed ({} more since the last report); {}",
                    circuit,
                    before,
                    effect,
                    fault);
        }
    }

    /* How many were not reported before this one, or -1 if this one is not either. */
    private synchronized long turn() {
        long now = ticker.read();
        if (quiet && now - quietUntil < 0) {
            unreported++;
            return -1;
        }
        long before = unreported;
        quiet = true;
        quietUntil = now + PAUSE;
        unreported = 0;
        return before;
    }
}
