package dev.breaker;

import dev.breaker.shared.Probes;
import dev.breaker.shared.Totals;

/** What a window holds: calls, failures and slow ones among them, and the failures since the last success. */
record Tally(long calls, long failures, long slow, long streak) {

    static final Tally NONE = new Tally(0, 0, 0, 0);

    /** The probes that have reported. */
    static Tally of(Probes probes) {
        return new Tally(probes.successes() + probes.failures(), probes.failures(), probes.slow(), 0);
    }

    /** What the store counts. */
    static Tally of(Totals totals) {
        return new Tally(totals.calls(), totals.failures(), totals.slow(), totals.streak());
    }

    double failureRate() {
        return calls == 0 ? 0 : 100.0 * failures / calls;
    }

    double slowCallRate() {
        return calls == 0 ? 0 : 100.0 * slow / calls;
    }
}
