package dev.breaker;

import dev.breaker.shared.Probes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules by which a circuit opens and by which probes decide. Knows nothing of time, state or instances. */
final class Thresholds {

    /** What the probes of a half-open stay say so far. */
    enum Verdict {
        UNDECIDED,
        RECOVERED,
        STILL_FAILING
    }

    private static final double UNREACHABLE = Double.POSITIVE_INFINITY;

    private final long minimumCalls;
    private final double failureRate;
    private final double slowCallRate;
    private final double failureCount;
    private final double streak;

    Thresholds(BreakerConfig config) {
        minimumCalls = config.minimumNumberOfCalls();
        failureRate = config.failureRateThreshold();
        slowCallRate = config.slowCallDurationThreshold() == null ? UNREACHABLE : config.slowCallRateThreshold();
        failureCount = config.failureCountThreshold() == 0 ? UNREACHABLE : config.failureCountThreshold();
        streak = config.consecutiveFailureThreshold() == 0 ? UNREACHABLE : config.consecutiveFailureThreshold();
    }

    /** Why the circuit must open, or null if it need not. */
    @Nullable
    String crossedBy(Tally tally) {
        String cause = crossedByWindow(tally);
        return cause == null ? crossedByStreak(tally) : cause;
    }

    /** As {@link #crossedBy}, without regard to failures in a row. */
    @Nullable
    String crossedByWindow(Tally tally) {
        if (tally.calls() >= minimumCalls && tally.failureRate() >= failureRate) {
            return percent("failure rate", tally.failureRate(), tally.calls(), failureRate);
        }
        if (tally.calls() >= minimumCalls && tally.slowCallRate() >= slowCallRate) {
            return percent("slow call rate", tally.slowCallRate(), tally.calls(), slowCallRate);
        }
        return tally.failures() >= failureCount ? tally.failures() + " failures in the window" : null;
    }

    /** Whether there were too many failures in a row, and how to say it. */
    @Nullable
    String crossedByStreak(Tally tally) {
        return tally.streak() >= streak ? tally.streak() + " failures in a row" : null;
    }

    /** Whether the circuit is half-way to opening, so that what other instances have just seen could open it. */
    boolean near(Tally tally) {
        boolean enough = 2 * tally.calls() >= minimumCalls;
        return (enough && 2 * tally.failureRate() >= failureRate)
                || (enough && 2 * tally.slowCallRate() >= slowCallRate)
                || 2 * tally.failures() >= failureCount
                || 2 * tally.streak() >= streak;
    }

    /** Judges probes as soon as the outcome is certain, whatever the remaining ones may bring. */
    Verdict judge(Probes probes) {
        int undone = probes.permitted() - probes.successes() - probes.failures();
        if (areTooMany(probes.failures(), probes.slow(), probes.permitted())) {
            return Verdict.STILL_FAILING;
        }
        boolean mayStillFail = areTooMany(probes.failures() + undone, probes.slow() + undone, probes.permitted());
        return mayStillFail ? Verdict.UNDECIDED : Verdict.RECOVERED;
    }

    private boolean areTooMany(int failures, int slow, int of) {
        return 100.0 * failures >= failureRate * of || 100.0 * slow >= slowCallRate * of;
    }

    private static String percent(String what, double rate, long calls, double threshold) {
        return String.format(Locale.ROOT, "%s %.1f%% of %d calls, threshold %.1f%%", what, rate, calls, threshold);
    }
}
