package dev.breaker;

import dev.breaker.shared.SharedOverride;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Overrides that are on their way to the store. A message, or the answer to something else, may tell of one before its own
 * answer does, or in place of that. Used under the circuit's lock.
 */
final class SentOverrides {

    private static final int MOST = 4;
    private static final long ROUNDING = Duration.ofMillis(1).toNanos();
    /* To the store and back, pauses included. */
    private static final long LONGEST_WAY = Duration.ofSeconds(10).toNanos();

    /**
     * One of them.
     *
     * @param what with its times as of then
     * @param decision the number of what was decided here
     * @param at when it was sent
     */
    private record Sent(SharedOverride what, int decision, long at) {

        /* The store received it at some moment since, and counts its times from there. */
        boolean isStoredAs(SharedOverride stored, long now) {
            long way = now - at;
            long older = stored.elapsed().minus(what.elapsed()).toNanos();
            return what.mode() == stored.mode()
                    && what.reason().equals(stored.reason())
                    && what.actor().equals(stored.actor())
                    && older <= way + ROUNDING
                    && older >= way - LONGEST_WAY
                    && isLessBy(older, what.remaining(), stored.remaining());
        }

        private static boolean isLessBy(long nanos, @Nullable Duration sent, @Nullable Duration left) {
            if (sent == null || left == null) {
                return sent == null && left == null;
            }
            return Math.abs(sent.minus(left).toNanos() - nanos) <= 2 * ROUNDING;
        }
    }

    /* Operators decide seldom, and circuits are many. */
    private @Nullable Deque<Sent> sent;

    /** One begins its way. */
    void add(SharedOverride what, int decision, long now) {
        Deque<Sent> all = sent == null ? new ArrayDeque<>(MOST) : sent;
        if (all.size() == MOST) {
            all.removeLast();
        }
        all.addFirst(new Sent(what, decision, now));
        sent = all;
    }

    /** The number of the decision that the store has taken, zero if it is none of them. */
    int decisionOf(SharedOverride stored, long now) {
        return sent == null
                ? 0
                : sent.stream()
                        .filter(one -> one.isStoredAs(stored, now))
                        .mapToInt(Sent::decision)
                        .findFirst()
                        .orElse(0);
    }

    /** None of them matters any more. */
    void clear() {
        sent = null;
    }
}
