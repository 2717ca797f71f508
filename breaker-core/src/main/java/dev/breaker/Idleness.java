package dev.breaker;

/** For how long a circuit has not been used, as far as ticks can see. Ticks one at a time; may be read by any thread. */
final class Idleness {

    private final CallCounts counts;
    private long seen;
    private volatile long lastUsed;

    Idleness(CallCounts counts, long now) {
        this.counts = counts;
        this.lastUsed = now;
    }

    /** Looks whether a call has ended or was rejected since the last tick. */
    void tick(long now) {
        long activity = counts.activity();
        if (activity != seen) {
            seen = activity;
            lastUsed = now;
        }
    }

    long nanos(long now) {
        return Math.max(0, now - lastUsed);
    }
}
