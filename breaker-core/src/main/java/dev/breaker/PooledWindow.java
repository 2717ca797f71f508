package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.Totals;
import dev.breaker.shared.WindowSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sliding window of the whole cluster as this instance can know it. Every outcome is in exactly one of three places: the
 * totals of the last answer, the batch under way, what was recorded since; the view is their sum. Used under the circuit's lock.
 */
final class PooledWindow {

    private static final int MOST_LEFT = 4;

    private WindowSpec shape;
    private Totals totals = Totals.NONE;
    private long fetchedAt;
    private boolean fetched;

    private Unreported unreported;
    /* Windows of other shapes that know this instance in this stay: if it returns to one, that is told what it has missed. */
    private Map<WindowSpec, Unreported> left = Map.of();

    /**
     * @param numbers the highest that a batch of the registry has
     */
    PooledWindow(WindowSpec shape, AtomicLong numbers, long now) {
        this.shape = shape;
        this.unreported = new Unreported(shape, numbers);
        this.fetchedAt = now;
    }

    WindowSpec shape() {
        return shape;
    }

    /** What the store last said. */
    Totals totals() {
        return totals;
    }

    /** Whether the store has ever said anything. */
    boolean isFetched() {
        return fetched;
    }

    /** Age of the totals in nanoseconds, negative if there are none. */
    long staleness(long now) {
        return fetched ? now - fetchedAt : -1;
    }

    void add(long now, boolean failure, boolean slow) {
        unreported.add(now, failure, slow);
        left.values().forEach(other -> other.add(now, failure, slow));
    }

    void addSuccesses(long now, long since, int times) {
        unreported.addSuccesses(now, since, times);
        left.values().forEach(other -> other.addSuccesses(now, since, times));
    }

    /* Nothing is left in the window of what was in it a whole window ago; only a streak has no age. */
    Tally view(long now) {
        boolean outdated = shape.kind() == WindowSpec.Kind.TIME
                && now - fetchedAt > shape.slot().toNanos() * shape.size();
        return unreported.onTopOf(outdated ? new Tally(0, 0, 0, totals.streak()) : Tally.of(totals), now);
    }

    /** Whether there is something that the store has not acknowledged. */
    boolean hasNews() {
        return !unreported.isEmpty();
    }

    /** Whether the batch under way is all that the store has not acknowledged. */
    boolean isUnderWay() {
        return unreported.isUnderWay();
    }

    /** The batch to send, null if there is nothing to tell. */
    @Nullable
    Batch batch(long epoch, long now) {
        return unreported.batch(epoch, now);
    }

    /**
     * The store has counted the batch under way.
     *
     * @return whether it ended in a failure or slow call, and nothing better has happened since
     */
    boolean acknowledged() {
        boolean badNews = unreported.endsBadly();
        unreported.acknowledged();
        return badNews;
    }

    /** Takes what the store says. */
    void fetched(long now, Totals answer) {
        totals = answer;
        fetched = true;
        fetchedAt = now;
    }

    /** Drops what the store has not been told. */
    void forget() {
        unreported.clear();
        left = Map.of();
    }

    /** Begins a new stay, of which nothing is known. */
    void clear() {
        totals = Totals.NONE;
        forget();
    }

    /**
     * Goes on in another shape if that is one. The shared window of the new shape may hold what others have counted, but
     * nothing of this instance: it is told all of it. What is under way to the old one is not lost, as it is part of that. A
     * bad call that was counted already opens nothing now.
     *
     * @param counted all that this instance has counted, null for what the store has not acknowledged
     * @return whether the shape is another
     */
    boolean reshape(long now, WindowSpec wanted, @Nullable Recorded counted) {
        unreported.settle();
        if (wanted.equals(shape)) {
            return false;
        }
        Map<WindowSpec, Unreported> behind = new LinkedHashMap<>(left);
        Unreported known = behind.remove(wanted);
        Unreported next = known == null ? unreported.in(wanted, now, counted) : known;
        next.settle();
        behind.put(shape, unreported);
        if (behind.size() > MOST_LEFT) {
            behind.remove(behind.keySet().iterator().next());
        }
        left = behind;
        shape = wanted;
        unreported = next;
        totals = Totals.NONE;
        return true;
    }
}
