package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of this instance, as far as a window holds them, and how they end. What outgrows the window is forgotten, so an
 * outage costs bounded memory. Without outcomes it has no window: most circuits have nothing to report most of the time. Not
 * safe for use by many threads.
 */
final class Recorded {

    private final WindowSpec shape;
    private @Nullable Window window;
    private int trailing;
    private long trailingBegan;
    private boolean succeeded;
    private boolean endsBadly;
    private long lastSuccess;

    Recorded(WindowSpec shape) {
        this.shape = shape;
    }

    WindowSpec shape() {
        return shape;
    }

    private Window window() {
        Window present = window;
        if (present == null) {
            present = Window.of(shape);
            window = present;
        }
        return present;
    }

    /** The same outcomes, earlier ones first, in a window of another shape, as far as that can hold them. */
    static Recorded in(WindowSpec shape, long now, Recorded... parts) {
        Recorded all = new Recorded(shape);
        for (Recorded part : parts) {
            all.addAll(now, part);
        }
        return all;
    }

    private void addAll(long now, Recorded later) {
        if (later.window != null) {
            later.window.slide(now);
            window().addAll(now, later.window);
        }
        if (later.succeeded) {
            succeededAt(later.lastSuccess);
        }
        trailingBegan = trailing == 0 ? later.trailingBegan : trailingBegan;
        trailing += later.trailing;
        endsBadly = later.isEmpty() ? endsBadly : later.endsBadly;
    }

    /*
     * When quick successes happened is not known to the moment. They count as the oldest they can be, lest one that came before
     * another instance's failures seems to have ended their streak.
     */
    void addSuccesses(long now, long since, int times) {
        window().add(now, times, false, false);
        endsBadly = false;
        succeededAt(since);
    }

    void add(long now, boolean failure, boolean slow) {
        window().add(now, 1, failure, slow);
        endsBadly = failure || slow;
        if (!failure) {
            succeededAt(now);
        } else {
            trailingBegan = trailing == 0 ? now : trailingBegan;
            trailing++;
        }
    }

    private void succeededAt(long time) {
        succeeded = true;
        lastSuccess = time;
        trailing = 0;
    }

    boolean isEmpty() {
        return trailing == 0 && !succeeded;
    }

    /** Whether the last outcome was a failure or slow. */
    boolean endsBadly() {
        return endsBadly;
    }

    /** However they end, that is no news. */
    void settle() {
        endsBadly = false;
    }

    void clear() {
        window = null;
        trailing = 0;
        succeeded = false;
        endsBadly = false;
    }

    /** These outcomes on top of earlier ones. */
    Tally onTopOf(Tally earlier, long now) {
        long streak = succeeded ? trailing : earlier.streak() + trailing;
        if (window == null) {
            return new Tally(earlier.calls(), earlier.failures(), earlier.slow(), streak);
        }
        window.slide(now);
        if (window instanceof CountWindow count) {
            return onTopOf(earlier, count, streak);
        }
        return new Tally(
                earlier.calls() + window.calls,
                earlier.failures() + window.failures,
                earlier.slow() + window.slow,
                streak);
    }

    /* A full window by count gives up its oldest outcomes, whose nature only the store knows: taken to be average. */
    private static Tally onTopOf(Tally earlier, CountWindow added, long streak) {
        long kept = Math.min(earlier.calls(), added.size() - added.calls);
        double share = earlier.calls() == 0 ? 0 : (double) kept / earlier.calls();
        return new Tally(
                kept + added.calls,
                Math.round(earlier.failures() * share) + added.failures,
                Math.round(earlier.slow() * share) + added.slow,
                streak);
    }

    Batch toBatch(long sequence, long epoch, long now) {
        return new Batch(
                sequence,
                epoch,
                window instanceof TimeWindow time ? time.slices(now) : List.of(),
                window instanceof CountWindow count ? count.outcomes() : "",
                trailing,
                trailing == 0 ? Duration.ZERO : Duration.ofNanos(now - trailingBegan),
                succeeded ? Duration.ofNanos(now - lastSuccess) : null);
    }
}
