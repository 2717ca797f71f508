package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster is, if it were one instance with one thread: the outcomes of the present stay, its probes, its deadline, and
 * the operator's last decision. It is told what was done, and judges what the store went through and what it holds. Where a
 * fault leaves something open, it knows an upper bound (all that may have happened) and a lower one (what is sure).
 */
final class ClusterModel {

    static final int FAILURES_THAT_OPEN = 4;
    static final int PROBES = 3;
    static final Duration WINDOW = Duration.ofSeconds(100);
    static final Duration WAIT = Duration.ofSeconds(20);
    static final Duration LEASE = Duration.ofSeconds(7);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration POLL = Duration.ofMillis(1300);

    /** An outcome that a closed stay counts. */
    static final class Counted {
        final Object by;
        final long at;
        final boolean failure;
        /* Whether it is certain that it belongs to the stay and is not lost. */
        boolean sure;
        /* Whether the store must have it by now. */
        boolean reported;

        private Counted(Object by, long at, boolean failure, boolean sure) {
            this.by = by;
            this.at = at;
            this.failure = failure;
            this.sure = sure;
        }
    }

    private final List<Counted> counted = new ArrayList<>();
    private final IdentityHashMap<Permit, Long> leases = new IdentityHashMap<>();
    private int successes;
    private int failures;
    private int unsureProbes;
    private long lastReport;

    private long epoch;
    private Kind kind = Kind.CLOSED;
    private long deadline;
    /* Whether the store or an instance had trouble in this stay, so that an instance may have gone its own way. */
    private boolean troubled;
    private boolean lost;
    private boolean takenBack;
    private boolean waitsDiffer;
    private boolean forgotten;
    private boolean resetting;

    private final BooleanSupplier trouble;

    /**
     * @param trouble whether at this moment some instance is or was just cut off from the store
     */
    ClusterModel(BooleanSupplier trouble) {
        this.trouble = trouble;
    }

    long epoch() {
        return epoch;
    }

    Kind kind() {
        return kind;
    }

    /** The states that an instance may show: whoever was half-open when the store lost the leases still is. */
    Set<Kind> kinds() {
        if (forgotten) {
            return EnumSet.allOf(Kind.class);
        }
        return takenBack ? EnumSet.of(Kind.OPEN, Kind.HALF_OPEN) : EnumSet.of(kind);
    }

    boolean isDue(long now) {
        return now >= deadline;
    }

    /** When the wait of an OPEN stay is over, null if the instances may differ in that. */
    @Nullable
    Long deadline() {
        return waitsDiffer || forgotten ? null : (Long) deadline;
    }

    // ---- what is done

    void records(Object by, long now, boolean failure, boolean sure) {
        counted.add(new Counted(by, now, failure, sure));
    }

    void leases(Permit probe, long now) {
        leases.put(probe, now + LEASE.toNanos());
        long out = leases.values().stream().filter(until -> until > now).count();
        assertThat(out + successes + failures)
                .as("probes out or decided in stay %d (G4)", epoch)
                .isLessThanOrEqualTo(PROBES);
    }

    /** A probe reports, null if it only gives its permit back. An instance that is closed reports and decides nothing. */
    void completes(Permit probe, long now, @Nullable Boolean failure, boolean heard) {
        lastReport = now;
        Long until = leases.remove(probe);
        if (until == null || until <= now || failure == null) {
            return;
        }
        if (!heard) {
            unsureProbes++;
        } else if (failure) {
            failures++;
        } else {
            successes++;
        }
    }

    void resets() {
        resetting = true;
    }

    void isTroubled() {
        troubled = true;
    }

    /** Instances are cut off, one of which may reopen by itself and, if the store lost its data, put that back. */
    void breaks() {
        troubled = true;
        waitsDiffer |= lost;
    }

    /** The store forgets everything; what it has counted is gone. */
    void loses() {
        waitsDiffer |= troubled;
        lost = troubled = true;
        counted.forEach(outcome -> outcome.sure = false);
        leases.clear();
    }

    /** All who knew of the present stay are gone, and the store lost it: an earlier one is present again. */
    void forgets(long newest) {
        epoch = newest;
        forgotten = troubled = lost = true;
        counted.clear();
        leases.clear();
        successes = failures = unsureProbes = 0;
    }

    /** Whether nothing is known of the present stay but its number. */
    boolean isForgotten() {
        return forgotten;
    }

    /** What an instance has not reported is lost if it dies. */
    void dies(Object instance) {
        troubled = true;
        counted.stream()
                .filter(outcome -> outcome.by == instance && !outcome.reported)
                .forEach(outcome -> outcome.sure = false);
    }

    /** An instance goes its own way for a while. */
    void goesAlone(Object instance) {
        dies(instance);
    }

    /** All that was recorded until some moment has been reported. */
    void reportedUntil(long moment) {
        counted.stream().filter(outcome -> outcome.at <= moment).forEach(outcome -> outcome.reported = true);
    }

    // ---- what the store goes through

    /** The store entered a state, or took one back. */
    void observes(SharedState state, long now) {
        if (state.epoch() == epoch) {
            isTakenBack(state, now);
            return;
        }
        if (lost && state.epoch() < epoch) {
            return;
        }
        boolean strictly = !troubled && !resetting && !trouble.getAsBoolean();
        assertThat(state.epoch()).as("epoch of the stay after %d", epoch).isGreaterThan(epoch);
        if (strictly) {
            mayEnter(state, now);
        }
        enter(state, now, strictly);
    }

    /* A survivor puts it back: half-open as open and due, and open for as long as the survivor itself would wait. */
    private void isTakenBack(SharedState state, long now) {
        assertThat(lost)
                .as("stay %d is entered again though nothing was lost", epoch)
                .isTrue();
        if (!kinds().contains(state.kind())) {
            assertThat(kind == Kind.HALF_OPEN && state.kind() == Kind.OPEN)
                    .as("stay %d is %s and comes back as %s", epoch, kind, state.kind())
                    .isTrue();
            kind = Kind.OPEN;
            takenBack = true;
        }
        deadline = now + state.remaining().toNanos();
    }

    private void mayEnter(SharedState state, long now) {
        switch (kind) {
            case CLOSED -> {
                assertThat(state.kind()).as("after CLOSED").isEqualTo(Kind.OPEN);
                assertThat(possible(now, outcome -> outcome.failure))
                        .as("failures that open the cluster: %s", state.cause())
                        .isGreaterThanOrEqualTo(FAILURES_THAT_OPEN);
            }
            case OPEN -> {
                assertThat(state.kind()).as("after OPEN").isEqualTo(Kind.HALF_OPEN);
                assertThat(isDue(now)).as("the wait is over").isTrue();
            }
            case HALF_OPEN ->
                assertThat(state.kind())
                        .as("after %d good and %d bad probes", successes, failures)
                        .isEqualTo(verdict());
        }
    }

    /** What must follow the half-open stay, or HALF_OPEN if that is not certain yet: at 50 % failures it opens again. */
    private Kind verdict() {
        if (2 * failures >= PROBES) {
            return Kind.OPEN;
        }
        return 2 * (PROBES - successes) < PROBES ? Kind.CLOSED : Kind.HALF_OPEN;
    }

    private void enter(SharedState state, long now, boolean strictly) {
        epoch = state.epoch();
        kind = state.kind();
        deadline = kind == Kind.OPEN ? now + state.remaining().toNanos() : now;
        if (kind == Kind.OPEN && strictly) {
            assertThat(state.remaining()).as("wait of stay %d", epoch).isEqualTo(WAIT);
        }
        counted.clear();
        leases.clear();
        successes = failures = unsureProbes = 0;
        lost = takenBack = forgotten = resetting = waitsDiffer = false;
        troubled = trouble.getAsBoolean();
    }

    // ---- what is there

    private interface Which {
        boolean takes(Counted outcome);
    }

    private long possible(long now, Which which) {
        long oldest = now - WINDOW.toNanos() - TICK.toNanos();
        return counted.stream()
                .filter(outcome -> outcome.at >= oldest && which.takes(outcome))
                .count();
    }

    /* Slots are a tenth of the window wide, and a success is put into that of the tick after it. */
    private long sure(long now, Which which) {
        long oldest = now - WINDOW.multipliedBy(8).dividedBy(10).toNanos();
        return counted.stream()
                .filter(outcome -> outcome.sure && outcome.at > oldest && which.takes(outcome))
                .count();
    }

    /** Neither lost nor counted twice (G3): the store's window holds what was reported, and nothing but what happened. */
    void checkTotals(Totals totals, long now) {
        assertThat(totals.calls())
                .as("calls in the store's window (G3)")
                .isBetween(sure(now, outcome -> outcome.reported), possible(now, outcome -> true));
        assertThat(totals.failures())
                .as("failures in the store's window (G3)")
                .isBetween(
                        sure(now, outcome -> outcome.reported && outcome.failure),
                        possible(now, outcome -> outcome.failure));
    }

    /** An instance knows what was reported, and all of its own at once. What it knows of others is as old as its last poll. */
    void checkView(Object instance, BreakerSnapshot.Counts view, long now) {
        long polled = now - POLL.toNanos();
        assertThat(view.calls())
                .as("calls that %s sees (G3)", instance)
                .isBetween(
                        sure(now, outcome -> outcome.reported || outcome.by == instance),
                        possible(polled, outcome -> true));
        assertThat(view.failures())
                .as("failures that %s sees (G3)", instance)
                .isBetween(
                        sure(now, outcome -> outcome.failure && (outcome.reported || outcome.by == instance)),
                        possible(polled, outcome -> outcome.failure));
    }

    /*
     * Failures that everybody knows of have opened the circuit. A success right after a failure excuses it: a report that ends
     * well opens nothing.
     */
    void checkThreshold(long now) {
        IdentityHashMap<Object, Boolean> ends = new IdentityHashMap<>();
        counted.forEach(outcome -> ends.put(outcome.by, outcome.failure));
        if (kind == Kind.CLOSED && !ends.containsValue(false)) {
            assertThat(sure(now, outcome -> outcome.reported && outcome.failure))
                    .as("failures of a stay that is still CLOSED")
                    .isLessThan(FAILURES_THAT_OPEN);
        }
    }

    /** The store leases what was taken and counts what was reported, and a decision is not left lying. */
    void checkProbes(Probes probes, long now) {
        long out = leases.values().stream().filter(until -> until > now).count();
        assertThat(probes.leased()).as("leases in the store (G4)").isGreaterThanOrEqualTo((int) out);
        assertThat(probes.leased() + probes.successes() + probes.failures())
                .as("probes in the store (G4)")
                .isLessThanOrEqualTo(PROBES);
        if (!troubled) {
            assertThat(probes)
                    .as("probes in the store (G4)")
                    .isEqualTo(new Probes(PROBES, (int) out, successes, failures, 0));
            if (now - lastReport >= POLL.toNanos()) {
                assertThat(verdict()).as("verdict of an undecided stay").isEqualTo(Kind.HALF_OPEN);
            }
        } else {
            assertThat(probes.successes() + probes.failures())
                    .isBetween(successes + failures, successes + failures + unsureProbes);
        }
    }

    @Override
    public String toString() {
        return "stay " + epoch + " " + kind + (troubled ? " (troubled)" : "") + ", " + counted.size() + " outcomes, "
                + leases.size() + " leases, " + successes + " good and " + failures + " bad probes";
    }
}
