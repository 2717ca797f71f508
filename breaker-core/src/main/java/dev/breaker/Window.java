package dev.breaker;

import dev.breaker.shared.WindowSpec;

/** Counts recorded outcomes and forgets old ones. Not safe for use by many threads. */
abstract sealed class Window permits TimeWindow, CountWindow {

    long calls;
    long failures;
    long slow;

    static Window of(WindowSpec spec) {
        return spec.kind() == WindowSpec.Kind.TIME
                ? new TimeWindow(spec.size(), spec.slot().toNanos())
                : new CountWindow(spec.size());
    }

    /** Adds the same outcome a number of times. */
    abstract void add(long now, int times, boolean failure, boolean slowCall);

    /** Adds, at its age or else as of now, what another window holds. */
    abstract void addAll(long now, Window other);

    /** Forgets what is too old. */
    abstract void slide(long now);

    abstract void clear();
}
