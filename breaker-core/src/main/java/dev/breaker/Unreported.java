package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.WindowSpec;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes that the store has not acknowledged: a batch that is under way, and what was recorded since. A batch keeps its
 * number until it is acknowledged, so sending it again neither loses nor repeats a count. Not safe for use by many threads.
 */
final class Unreported {

    private final AtomicLong numbers;
    private Recorded pending;
    private Recorded inFlight;
    private long sequence;

    /**
     * @param numbers the highest that a batch of the registry has
     */
    Unreported(WindowSpec window, AtomicLong numbers) {
        this(new Recorded(window), new Recorded(window), numbers);
    }

    private Unreported(Recorded pending, Recorded inFlight, AtomicLong numbers) {
        this.pending = pending;
        this.inFlight = inFlight;
        this.numbers = numbers;
    }

    /**
     * What a window of another shape, which this instance has told nothing, has yet to be told.
     *
     * @param recorded all that the instance has counted; null for what is here
     */
    Unreported in(WindowSpec shape, long now, @Nullable Recorded recorded) {
        Recorded all =
                recorded == null ? Recorded.in(shape, now, inFlight, pending) : Recorded.in(shape, now, recorded);
        return new Unreported(all, new Recorded(shape), numbers);
    }

    void add(long now, boolean failure, boolean slow) {
        pending.add(now, failure, slow);
    }

    void addSuccesses(long now, long since, int times) {
        pending.addSuccesses(now, since, times);
    }

    boolean isEmpty() {
        return pending.isEmpty() && inFlight.isEmpty();
    }

    /** Whether the batch under way is all there is. */
    boolean isUnderWay() {
        return pending.isEmpty();
    }

    /** Whether the batch under way ends in a failure or slow call, and nothing better has happened since. */
    boolean endsBadly() {
        return inFlight.endsBadly() && (pending.isEmpty() || pending.endsBadly());
    }

    /** However it ends, that is no news. */
    void settle() {
        pending.settle();
        inFlight.settle();
    }

    /** All of it on top of what the store knows. */
    Tally onTopOf(Tally known, long now) {
        return pending.onTopOf(inFlight.onTopOf(known, now), now);
    }

    /** The batch to send: the one that is not acknowledged, or else a new one; null if there is nothing. */
    @Nullable
    Batch batch(long epoch, long now) {
        if (inFlight.isEmpty() && !pending.isEmpty()) {
            Recorded empty = inFlight;
            inFlight = pending;
            pending = empty;
            sequence = numbers.incrementAndGet();
        }
        return inFlight.isEmpty() ? null : inFlight.toBatch(sequence, epoch, now);
    }

    /** The store has counted the batch under way. */
    void acknowledged() {
        inFlight.clear();
    }

    void clear() {
        pending.clear();
        inFlight.clear();
    }
}
