package dev.breaker;

/**
 * The clock of a circuit breaker: nanoseconds that only ever grow, with an arbitrary origin.
 *
 * <p>Every duration in Breaker is measured with the ticker it was given, so that a test can drive time with a
 * {@link ManualTicker}. The idea and the name are Guava's and Caffeine's. Safe for use by many threads.
 */
@FunctionalInterface
public interface Ticker {

    /** Nanoseconds since a fixed but arbitrary moment; only differences mean anything. */
    long read();

    /** The clock of this machine, {@link System#nanoTime()}. */
    static Ticker system() {
        return System::nanoTime;
    }
}
