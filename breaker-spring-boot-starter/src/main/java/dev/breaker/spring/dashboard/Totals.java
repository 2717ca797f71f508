package dev.breaker.spring.dashboard;

import dev.breaker.BreakerTotals;

/**
 * Calls since a circuit was created, of one instance or of several together.
 *
 * @param calls calls that were made, whatever came of them
 * @param rejected calls that were not made
 * @param fallbacks answers given in the place of a call
 */
record Totals(long calls, long rejected, long fallbacks) {

    static final Totals NONE = new Totals(0, 0, 0);

    static Totals of(BreakerTotals totals) {
        long calls = totals.successes() + totals.failures() + totals.ignored();
        return new Totals(calls, totals.rejected(), totals.fallbacks());
    }

    Totals plus(Totals other) {
        return new Totals(calls + other.calls, rejected + other.rejected, fallbacks + other.fallbacks);
    }
}
