package dev.breaker.spring.micrometer;

/** Knows which meters a source has. */
interface MeterSet {

    /** Registers the meters of a source. */
    void register(MeterSource source, SourceMeters meters);
}
