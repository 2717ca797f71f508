package dev.breaker;

import java.time.Duration;

/** A moment to come on a circuit's clock, which is read only by those who ask what is left. */
record Deadline(Ticker ticker, long moment) {

    /** Nanoseconds until then, zero from then on. */
    long nanosLeft() {
        return Math.max(0, moment - ticker.read());
    }

    Duration left() {
        return Duration.ofNanos(nanosLeft());
    }
}
