package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.Probes;
import org.jspecify.annotations.Nullable;

/** Half-open on this instance alone: not shared, isolated, or cut off from the store. Hands out its own permits. */
final class LocalHalfOpenPhase extends Phase {

    private final int opens;
    private final ProbeLedger ledger;
    private Timers.@Nullable Task timer;

    /**
     * @param opens how many times in a row the circuit has opened
     */
    LocalHalfOpenPhase(Circuit circuit, int opens) {
        super(circuit);
        this.opens = opens;
        this.ledger = new ProbeLedger(circuit.config().permittedNumberOfCallsInHalfOpenState());
    }

    @Override
    BreakerState state() {
        return BreakerState.HALF_OPEN;
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.INSTANCE;
    }

    int opens() {
        return opens;
    }

    @Override
    void begin() {
        long limit = circuit.config().maxWaitDurationInHalfOpenState().toNanos();
        if (limit > 0) {
            timer = circuit.timers().after(limit, () -> circuit.giveUpHalfOpen(this));
        }
    }

    @Override
    void end() {
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        Probe probe = new Probe();
        long now = circuit.now();
        synchronized (ledger) {
            if (ledger.lease(probe, now, now + circuit.config().probeLease().toNanos())) {
                return probe;
            }
        }
        return null;
    }

    @Override
    long retryAfterNanos() {
        synchronized (ledger) {
            return ledger.nextExpiry(circuit.now());
        }
    }

    /** Counts a probe that the store leased before it went away. */
    void count(ProbeOutcome outcome) {
        synchronized (ledger) {
            ledger.count(outcome);
        }
        judge(outcome);
    }

    Probes probes() {
        synchronized (ledger) {
            return ledger.probes(circuit.now());
        }
    }

    /** Whether a probe is under way. */
    boolean isProbing() {
        return probes().leased() > 0;
    }

    private void judge(ProbeOutcome outcome) {
        Thresholds.Verdict verdict;
        synchronized (ledger) {
            verdict = circuit.thresholds().judge(ledger.probes(circuit.now()));
        }
        circuit.localProbeReported(this, outcome, verdict);
    }

    private final class Probe extends ProbePermit {

        private Probe() {
            super(circuit);
        }

        @Override
        void report(ProbeOutcome outcome) {
            boolean counted;
            synchronized (ledger) {
                counted = ledger.complete(this, circuit.now(), outcome);
            }
            if (counted && outcome != ProbeOutcome.RETURNED) {
                judge(outcome);
            }
        }
    }
}
