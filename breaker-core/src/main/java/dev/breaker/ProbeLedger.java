package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.Probes;
import java.util.HashMap;
import java.util.Map;

/**
 * The probes of one half-open stay: who holds a permit until when, and what came of the others. Not safe for use by many
 * threads.
 */
final class ProbeLedger {

    private final int permitted;
    private final Map<Object, Long> leases = new HashMap<>();
    private int successes;
    private int failures;
    private int slow;

    ProbeLedger(int permitted) {
        this.permitted = permitted;
    }

    /** Leases a permit until a moment, unless all are taken or decided. Asking again for a held lease changes nothing. */
    boolean lease(Object holder, long now, long until) {
        expire(now);
        if (leases.containsKey(holder)) {
            return true;
        }
        if (leases.size() + successes + failures >= permitted) {
            return false;
        }
        leases.put(holder, until);
        return true;
    }

    /** Ends a lease with its outcome; false if it had ended before. */
    boolean complete(Object holder, long now, ProbeOutcome outcome) {
        expire(now);
        if (leases.remove(holder) == null) {
            return false;
        }
        count(outcome);
        return true;
    }

    /** Counts the outcome of a probe that was not leased here. */
    void count(ProbeOutcome outcome) {
        switch (outcome) {
            case SUCCESS, SLOW_SUCCESS -> successes++;
            case FAILURE, SLOW_FAILURE -> failures++;
            case RETURNED -> {}
        }
        if (outcome == ProbeOutcome.SLOW_SUCCESS || outcome == ProbeOutcome.SLOW_FAILURE) {
            slow++;
        }
    }

    /** Nanoseconds until the next lease ends; zero if none is held. */
    long nextExpiry(long now) {
        return leases.values().stream().mapToLong(until -> until - now).min().orElse(0);
    }

    Probes probes(long now) {
        expire(now);
        return new Probes(permitted, leases.size(), successes, failures, slow);
    }

    private void expire(long now) {
        leases.values().removeIf(until -> until - now <= 0);
    }
}
