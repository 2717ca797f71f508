package dev.breaker;

import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.Totals;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a CLOSED circuit opens. This instance rejects as soon as its own window or its view of the cluster crosses a threshold;
 * whose the opening is gets settled once, by an answer of the store that knew all that had led to it, or by the store's silence.
 * Used under the circuit's lock, but for {@link #recorded}.
 */
final class Openings {

    /**
     * Why this instance opened by itself.
     *
     * @param cause in words
     * @param waitNanos how long to stay open
     * @param certain whether the cluster must open too, whatever its window says
     * @param own whether what this instance saw suffices, without what it knew of others
     * @param tally the counts that led to it
     * @param before the phase that ended
     */
    private record Suspicion(
            String cause, long waitNanos, boolean certain, boolean own, Tally tally, ClosedPhase before) {}

    private final Circuit circuit;
    private @Nullable Suspicion suspicion;
    /* Whether the exchange under way began after the suspicion and tells everything: only its answer can settle it. */
    private boolean asked;

    Openings(Circuit circuit) {
        this.circuit = circuit;
    }

    // ---- on this instance

    /** A failure or a slow call of a closed phase. Takes the lock itself. */
    void recorded(ClosedPhase phase, boolean failure, boolean slow, @Nullable Throwable thrown) {
        Duration retryAfter = failure ? circuit.outcomes().retryAfter(thrown) : null;
        if (failure) {
            circuit.outcomes().remember(thrown, circuit.now());
        }
        circuit.exclusively(() -> {
            long now = circuit.now();
            Phases phases = circuit.phases();
            phases.fold(now);
            boolean counts = phase == phases.automatic();
            if (counts || phase == phases.current()) {
                phase.add(now, failure, slow);
            }
            if (counts) {
                circuit.ifShared(sharing -> sharing.add(now, failure, slow));
                decide(phase, now, retryAfter);
            }
        });
    }

    private void decide(ClosedPhase phase, long now, @Nullable Duration retryAfter) {
        Rules rules = circuit.rules();
        Sharing sharing = circuit.sharing();
        Tally cluster = sharing != null && phase.scope() == BreakerScope.CLUSTER ? sharing.view(now) : Tally.NONE;
        Tally alone = phase.tally(now);
        String pooled = rules.thresholds().crossedBy(cluster);
        String own = rules.thresholds().crossedBy(alone);
        String crossed = pooled == null ? own : pooled;
        Tally tally = pooled != null && own == null ? cluster : alone;
        /* What this instance alone sees keeps nobody waiting for longer than the partner asks for. */
        boolean alsoOthers = pooled != null || (own != null && (sharing == null || !sharing.isActive()));
        long wait = crossed == null ? 0 : rules.waits().nanos(1);
        if (retryAfter != null && (!alsoOthers || retryAfter.toNanos() >= wait)) {
            open(new Suspicion(askedFor(retryAfter), retryAfter.toNanos(), true, true, tally, phase));
        } else if (crossed != null) {
            boolean asked = retryAfter != null;
            open(new Suspicion(crossed, wait, asked, asked || own != null, tally, phase));
        } else if (sharing != null) {
            sharing.exchange().badCall(now, rules.thresholds().near(cluster));
        }
    }

    /** Why a circuit opens for as long as the partner asks for, in words. */
    static String askedFor(Duration retryAfter) {
        return "the partner asks for " + retryAfter.toMillis() + " ms";
    }

    /*
     * This instance rejects from here on. Whether the whole cluster opens is known one exchange later, and until then the
     * transition is not announced, so that one opening is one event.
     */
    private void open(Suspicion why) {
        Phase open = new OpenPhase(circuit, BreakerScope.INSTANCE, why.waitNanos(), 1, why.tally());
        circuit.phases().begin(open, why.cause());
        circuit.phases().announcer().hold(why.cause());
        Sharing sharing = circuit.sharing();
        if (sharing != null && sharing.isActive()) {
            suspicion = why;
            asked = false;
            sharing.exchange().urge(circuit.now());
        } else {
            announceHeld();
        }
    }

    /** Tells of what was held back: it turns out to be this instance's alone. */
    void announceHeld() {
        String why = circuit.phases().announcer().held();
        if (why != null) {
            circuit.phases().announce(why, BreakerScope.INSTANCE, 0, true);
        }
    }

    /* The opening rested on what was known of others, and that was out of date: as if it had not been. */
    private void takeOpeningBack(ClosedPhase before) {
        if (circuit.phases().announcer().held() != null) {
            circuit.phases().begin(before, "not confirmed by the cluster");
        }
    }

    // ---- in the cluster

    /** Whether an opening has to be settled. */
    boolean areUnsettled() {
        return suspicion != null;
    }

    /** Whether an opening has to be settled, and the exchange under way cannot. */
    boolean areUnasked() {
        return suspicion != null && !asked;
    }

    /** The phase that the cluster knows this instance in: the one before an opening that is not settled. */
    Phase counting(Phase automatic) {
        return suspicion == null ? automatic : suspicion.before();
    }

    /**
     * An exchange begins.
     *
     * @param everything whether it tells all that this instance has counted
     */
    void asking(boolean everything) {
        asked = suspicion != null && everything;
    }

    /** What is under way settles nothing. */
    void askAgain() {
        asked = false;
    }

    /** Whose an opening is does not matter any more. */
    void forget() {
        suspicion = null;
    }

    /** The store does not answer: this instance opened alone. */
    void unanswered() {
        suspicion = null;
        announceHeld();
    }

    /** Judges the pooled window after this instance reported a bad call or opened by itself. */
    void judge(Sharing cluster, Totals totals, boolean badNews) {
        Suspicion suspect = asked ? suspicion : null;
        if (cluster.known().kind() != Kind.CLOSED || (!badNews && suspect == null)) {
            return;
        }
        if (suspect != null && suspect.certain()) {
            cluster.propose(Kind.OPEN, suspect.waitNanos(), 1, suspect.cause());
            return;
        }
        Thresholds thresholds = circuit.rules().thresholds();
        String cause = thresholds.crossedByWindow(Tally.of(totals));
        String streak = thresholds.crossedByStreak(Tally.of(totals));
        if (cause == null && streak != null && peersAreSilent(cluster, totals)) {
            cause = streak;
        }
        if (cause != null) {
            cluster.proposeOpen(cause, 1);
        } else if (suspect != null && streak == null) {
            settleAlone(suspect);
        }
    }

    private void settleAlone(Suspicion suspect) {
        suspicion = null;
        if (suspect.own()) {
            announceHeld();
        } else {
            takeOpeningBack(suspect.before());
        }
    }

    /*
     * Failures in a row are the cluster's only if no other instance succeeds meanwhile. A success made just now may still be
     * on its way, so as long as a peer's last known success is younger than two synchronisations the question stays open.
     */
    private static boolean peersAreSilent(Sharing cluster, Totals totals) {
        Duration age = totals.peerSuccessAge();
        return age == null || age.toNanos() >= 2 * cluster.settings().syncInterval();
    }
}
