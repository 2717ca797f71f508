package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.Probes;
import org.jspecify.annotations.Nullable;

/** Half-open on this instance alone: not shared, isolated, or cut off from the store. Hands out its own permits. */
final class LocalHalfOpenPhase extends HalfOpenPhase {

    private final ProbeLedger ledger;
    /* Until then all permits are taken, unless one comes back. */
    private volatile @Nullable Deadline exhausted;

    LocalHalfOpenPhase(Circuit circuit, int opens) {
        super(circuit, circuit.config().maxWaitDurationInHalfOpenState().toNanos(), opens);
        this.ledger = new ProbeLedger(circuit.config().permittedNumberOfCallsInHalfOpenState());
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.INSTANCE;
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        Deadline end = exhausted;
        if (end != null && end.nanosLeft() > 0) {
            return null;
        }
        Probe probe = new Probe();
        long now = circuit.now();
        synchronized (ledger) {
            if (ledger.lease(probe, now, now + circuit.config().probeLease().toNanos())) {
                return probe;
            }
            exhausted = circuit.deadlineIn(ledger.nextExpiry(now));
        }
        return null;
    }

    @Override
    Deadline deadline() {
        synchronized (ledger) {
            return circuit.deadlineIn(ledger.nextExpiry(circuit.now()));
        }
    }

    /** Counts a probe that the store leased before it went away. */
    void count(ProbeOutcome outcome) {
        synchronized (ledger) {
            ledger.count(outcome);
        }
        judge(outcome);
    }

    @Override
    Probes probes() {
        synchronized (ledger) {
            return ledger.probes(circuit.now());
        }
    }

    /** Whether a probe is under way. */
    boolean isProbing() {
        return probes().leased() > 0;
    }

    @Override
    Tally tally(long now) {
        return Tally.of(probes());
    }

    private void judge(ProbeOutcome outcome) {
        circuit.transitions().probeReported(this, outcome, probes());
    }

    private final class Probe extends ProbePermit {

        private Probe() {
            super(circuit);
        }

        @Override
        boolean isCurrent() {
            return circuit.isIn(LocalHalfOpenPhase.this);
        }

        @Override
        void report(ProbeOutcome outcome) {
            boolean counted;
            synchronized (ledger) {
                counted = ledger.complete(this, circuit.now(), outcome);
                exhausted = null;
            }
            if (counted && outcome != ProbeOutcome.RETURNED) {
                judge(outcome);
            }
        }
    }
}
