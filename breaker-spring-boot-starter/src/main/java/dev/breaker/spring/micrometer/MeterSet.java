package dev.breaker.spring.micrometer;

/** Knows which meters a source has. */
interface MeterSet {

    /** Whether a source has those meters, which its settings may change. */
    default boolean suits(MeterSource source) {
        return true;
    }

    /** Registers the meters of a source. */
    void register(MeterSource source, SourceMeters meters);
}
