package dev.breaker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes that exclude one another, and what they leave to do once the lock is free. Foreign code (a store, a listener) is
 * only ever called from such an effect, so it can neither hold up a change nor deadlock with one.
 */
abstract class Exclusive {

    private static final Logger log = LoggerFactory.getLogger(Exclusive.class);

    /* There is none most of the time, and a registry may have thousands of circuits. */
    private @Nullable Deque<Runnable> effects;
    private boolean claimed;

    /**
     * Runs a change under the lock and then, without it, what it and others left to do. One thread at a time does that, in
     * order; a change made by an effect leaves its own effects to the thread that is at it.
     */
    final void exclusively(Runnable change) {
        synchronized (this) {
            change.run();
        }
        if (!claim()) {
            return;
        }
        for (Runnable effect; (effect = next()) != null; ) {
            try {
                effect.run();
            } catch (RuntimeException | Error fault) {
                log.error("{} could not finish what a change of its state asked for", this, fault);
            }
        }
    }

    /** Leaves something to do outside the lock; called under the lock. */
    final void effect(Runnable effect) {
        if (effects == null) {
            effects = new ArrayDeque<>(1);
        }
        effects.add(effect);
    }

    private synchronized boolean claim() {
        boolean first = !claimed && effects != null;
        claimed |= first;
        return first;
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = effects == null ? null : effects.poll();
        claimed = next != null;
        effects = claimed ? effects : null;
        return next;
    }
}
