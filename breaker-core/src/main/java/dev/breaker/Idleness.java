package dev.breaker;

/** How long a circuit has not been used, as seen by each tick. Used under the circuit's lock. */
final class Idleness {

    private final CallCounts counts;
    private long seen;
    private long lastUsed;

    Idleness(CallCounts counts, long now) {
        this.counts = counts;
        this.lastUsed = now;
    }

    /** Looks whether calls have been counted since the last look. */
    void look(long now) {
        long activity = counts.activity();
        if (activity != seen) {
            seen = activity;
            lastUsed = now;
        }
    }

    long nanos(long now) {
        return now - lastUsed;
    }
}
