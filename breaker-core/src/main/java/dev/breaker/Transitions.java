package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;

/**
 * How a circuit leaves OPEN and HALF_OPEN. A phase of the cluster is left with all others, by a proposal, while the store
 * answers; any other at once, by this instance alone. What comes for a phase that is over changes nothing.
 */
final class Transitions {

    private final Circuit circuit;
    private final Phases phases;

    Transitions(Circuit circuit, Phases phases) {
        this.circuit = circuit;
        this.phases = phases;
    }

    // ---- the wait is over

    /** A timer says that an open phase has lasted long enough. */
    void waitIsOver(OpenPhase phase) {
        circuit.exclusively(() -> {
            if (phases.automatic() == phase) {
                halfOpenUnasked(phase);
            }
        });
    }

    /** Looks for what no timer and no call has brought about; under the lock. */
    void tick() {
        probeInBackground();
        if (phases.automatic() instanceof OpenPhase open && open.admitsProbes()) {
            halfOpenUnasked(open);
        }
    }

    /** Does what is due without a call; under the lock. */
    void halfOpenUnasked(OpenPhase phase) {
        if (circuit.healthProbes().replaceCallsIn(phase)) {
            probeInBackground();
        } else if (circuit.config().automaticTransition()) {
            long limit = circuit.config().maxWaitDurationInHalfOpenState().toNanos();
            leave(phase, Kind.HALF_OPEN, limit, phase.opens(), "the wait is over");
        }
    }

    /* Neither below an override nor before it is known whether the whole cluster opens, which then elects who probes. */
    private void probeInBackground() {
        boolean held = phases.areOverridden() || phases.announcer().held() != null;
        circuit.healthProbes().look(phases.automatic(), held);
    }

    /** A phase whose wait is over, or that the store does not answer for, becomes half-open on this instance. */
    void halfOpenLocally(Phase phase) {
        circuit.exclusively(() -> {
            if (phases.automatic() == phase) {
                leaveAlone(Kind.HALF_OPEN, 0, phase.opens(), "the wait is over");
            }
        });
    }

    // ---- probes

    /** A half-open phase lasted too long. */
    void giveUpHalfOpen(Phase phase) {
        circuit.exclusively(() -> {
            if (phases.automatic() == phase) {
                reopen(phase, undecided());
            }
        });
    }

    /** Why a half-open phase is given up, in words. */
    String undecided() {
        return "undecided after "
                + circuit.config().maxWaitDurationInHalfOpenState().toMillis() + " ms";
    }

    /** A probe failed, and the partner asks to be left alone for that long: the longer of that and the wait that is due. */
    void reopenFor(Duration asked, ProbePermit probe, boolean slow) {
        circuit.exclusively(() -> {
            if (probe.isCurrent() && phases.automatic() instanceof HalfOpenPhase phase) {
                int opens = phase.opens() + 1;
                long wait = Math.max(asked.toNanos(), circuit.rules().waits().nanos(opens));
                leave(phase, Kind.OPEN, wait, opens, Openings.askedFor(asked));
                if (phase instanceof LocalHalfOpenPhase) {
                    circuit.ifShared(sharing -> sharing.add(circuit.now(), true, slow));
                }
            }
        });
    }

    /** A probe of this instance's own half-open phase reported. */
    void probeReported(LocalHalfOpenPhase phase, ProbeOutcome outcome, Probes probes) {
        circuit.exclusively(() -> {
            if (phases.automatic() != phase) {
                return;
            }
            switch (circuit.rules().thresholds().judge(probes)) {
                case RECOVERED -> leave(phase, Kind.CLOSED, 0, 0, HalfOpenPhase.succeeded(probes));
                case STILL_FAILING -> reopen(phase, HalfOpenPhase.failed(probes));
                case UNDECIDED -> {}
            }
            boolean failure = outcome == ProbeOutcome.FAILURE || outcome == ProbeOutcome.SLOW_FAILURE;
            boolean slow = outcome == ProbeOutcome.SLOW_SUCCESS || outcome == ProbeOutcome.SLOW_FAILURE;
            circuit.ifShared(sharing -> sharing.add(circuit.now(), failure, slow));
        });
    }

    /** A probe that the store leased could not report to it: counts for this instance's own half-open phase. */
    void probeOrphaned(long epoch, ProbeOutcome outcome) {
        circuit.exclusively(() -> {
            Sharing sharing = circuit.sharing();
            if (sharing == null || !sharing.isIn(epoch)) {
                return;
            }
            if (phases.automatic() instanceof SharedHalfOpenPhase shared) {
                leaveAlone(Kind.HALF_OPEN, 0, shared.opens(), "the store does not answer");
            }
            if (phases.automatic() instanceof LocalHalfOpenPhase local && outcome != ProbeOutcome.RETURNED) {
                circuit.effect(() -> local.count(outcome));
            }
        });
    }

    // ---- leaving a phase

    private void reopen(Phase phase, String why) {
        int opens = phase.opens() + 1;
        leave(phase, Kind.OPEN, circuit.rules().waits().nanos(opens), opens, why);
    }

    /** Leaves the automatic phase, in the cluster or here if the phase is not the cluster's; under the lock. */
    void leave(Phase phase, Kind next, long remaining, int opens, String why) {
        Sharing cluster = circuit.sharingFor(phase);
        if (cluster == null) {
            leaveAlone(next, remaining, opens, why);
        } else {
            cluster.propose(next, remaining, opens, why);
        }
    }

    private void leaveAlone(Kind next, long remaining, int opens, String why) {
        if (next == Kind.CLOSED) {
            circuit.ifShared(Sharing::forgetOutage);
        }
        Phase phase = switch (next) {
            case CLOSED -> phases.closed();
            case OPEN ->
                new OpenPhase(
                        circuit,
                        BreakerScope.INSTANCE,
                        remaining,
                        opens,
                        phases.automatic().tally(circuit.now()));
            case HALF_OPEN -> new LocalHalfOpenPhase(circuit, opens);
        };
        phases.begin(phase, why);
        phases.announce(why, BreakerScope.INSTANCE, 0, true);
    }
}
