package dev.breaker;

import java.time.Duration;

/**
 * When a circuit without news looks for those of others. One that nobody uses looks less and less often, so that thousands of
 * them cost the store little. Used under the circuit's lock.
 */
final class Polls {

    /* An eighth of the idle time: the longer nobody has called, the less likely somebody does before the next look. */
    private static final int IDLE_SHARE = 8;
    private static final long IDLE = Duration.ofMinutes(1).toNanos();
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();

    private final long interval;
    private long next;
    private long lastNews;
    private boolean slow;

    Polls(long interval, long now) {
        this.interval = interval;
        this.next = this.lastNews = now;
    }

    boolean isDue(long now) {
        return now - next >= 0;
    }

    /**
     * How long to wait for the next one.
     *
     * @param idle for how long the circuit has not been needed, zero if it is
     */
    long pause(long now, long idle) {
        long quiet = Math.min(idle, now - lastNews);
        slow = quiet > IDLE;
        return slow ? Math.max(interval, Math.min(LONGEST, quiet / IDLE_SHARE)) : interval;
    }

    void at(long moment) {
        next = moment;
    }

    /** Others have moved the circuit. */
    void news(long now) {
        lastNews = now;
        hurry(now);
    }

    /** The circuit is needed: a look that was put off is due. */
    void hurry(long now) {
        if (slow) {
            slow = false;
            next = now;
        }
    }
}
