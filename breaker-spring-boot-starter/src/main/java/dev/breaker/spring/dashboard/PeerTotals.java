package dev.breaker.spring.dashboard;

import dev.breaker.shared.InstanceReport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The totals of another instance, which tells them every few seconds: in between they grow evenly from those last known to those
 * last told, in the time that lay between two tellings, so that calls per second are neither nothing nor too many. Not safe for use by many threads.
 */
final class PeerTotals {

    /** Ages of one report differ by less, however long its ways through the network were. */
    private static final long ANOTHER = 1_000_000_000;

    private final Predicate<String> exists;
    private Map<String, Totals> before = Map.of();
    private Map<String, Totals> last = Map.of();
    private long lastAt;
    private long learnedAt;
    private long step;

    /**
     * @param exists whether there is a circuit of that name
     */
    PeerTotals(Predicate<String> exists) {
        this.exists = exists;
    }

    static Map<String, Totals> told(InstanceReport report) {
        Map<String, Totals> totals = new HashMap<>();
        report.lines()
                .forEach(line ->
                        totals.put(line.breaker(), new Totals(line.calls(), line.rejected(), line.fallbacks())));
        return totals;
    }

    /** The totals now, given the instance's last report. */
    Map<String, Totals> at(long now, InstanceReport report) {
        long at = now - report.age().toNanos();
        if (last.isEmpty() || at - lastAt > ANOTHER) {
            before = known(now);
            Map<String, Totals> lastButOne = last;
            last = told(report);
            step = at - lastAt;
            lastAt = at;
            learnedAt = now;
            rememberOmitted(report, lastButOne);
        }
        return known(now);
    }

    private Map<String, Totals> known(long now) {
        double part = before.isEmpty() ? 1 : Math.min(1, (double) (now - learnedAt) / step);
        Map<String, Totals> totals = new HashMap<>();
        last.forEach(
                (name, told) -> totals.put(name, before.getOrDefault(name, told).towards(told, part)));
        return totals;
    }

    /* A circuit that comes back among the lines has not made all its calls since. */
    private void rememberOmitted(InstanceReport report, Map<String, Totals> lastButOne) {
        if (report.omitted() > 0) {
            lastButOne.forEach((name, totals) -> {
                if (exists.test(name)) {
                    last.putIfAbsent(name, totals);
                }
            });
        }
    }
}
