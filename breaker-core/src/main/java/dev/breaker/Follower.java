package dev.breaker;

import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this instance's automatic phase and the cluster's state together. A newer state is entered, whatever this instance was
 * in; when the state is the one that it knows, what it did alone since is proposed to all or given up. Used under the circuit's
 * lock.
 */
final class Follower {

    private static final Logger log = LoggerFactory.getLogger(Circuit.class);

    private final Circuit circuit;
    private final Sharing sharing;

    Follower(Circuit circuit, Sharing sharing) {
        this.circuit = circuit;
        this.sharing = sharing;
    }

    /**
     * Follows the cluster into a state.
     *
     * @param before what was counted in the one that ends, as far as this instance knows
     */
    void enter(SharedState state, Tally before, boolean announcer) {
        long remaining = state.remaining().toNanos();
        Phase phase = switch (state.kind()) {
            case CLOSED -> new ClosedPhase(circuit, BreakerScope.CLUSTER);
            case OPEN -> new OpenPhase(circuit, BreakerScope.CLUSTER, remaining, state.opens(), before);
            case HALF_OPEN -> new SharedHalfOpenPhase(circuit, remaining, state.opens());
        };
        circuit.phases().begin(phase, state.cause());
        circuit.phases().announce(state.cause(), BreakerScope.CLUSTER, state.epoch(), announcer);
    }

    /** The state is the one that is known: does what is still to be done about it. */
    void compare(SharedState state) {
        sharing.leases().update(state.probes());
        if (state.epoch() == 0 && circuit.phases().areInitial()) {
            InitialState.propose(circuit, sharing);
        }
        if (state.kind() != Kind.CLOSED) {
            rejoin(state, circuit.phases().automatic());
        }
        if (state.kind() == Kind.HALF_OPEN) {
            judgeProbes(state);
        }
    }

    private void rejoin(SharedState state, Phase automatic) {
        if (automatic.scope() == BreakerScope.CLUSTER) {
            if (automatic instanceof SharedHalfOpenPhase && state.kind() == Kind.OPEN) {
                /* The store lost its data, and the leases with it: the next stay has probes of its own. */
                enterAgain(state, automatic);
            } else if (automatic instanceof OpenPhase open && open.isDue()) {
                circuit.transitions().halfOpenUnasked(open);
            }
        } else if (automatic instanceof LocalHalfOpenPhase local && local.isProbing()) {
            log.debug("{} finishes its own probes before it follows the cluster", circuit);
        } else if (automatic instanceof ClosedPhase) {
            sharing.proposeClosed("recovered while the store was away");
        } else if (state.kind() == Kind.OPEN
                && automatic instanceof OpenPhase open
                && open.deadline().left().compareTo(state.remaining()) > 0) {
            sharing.propose(
                    Kind.OPEN, open.deadline().nanosLeft(), open.opens(), "probes failed while the store was away");
        } else {
            enterAgain(state, automatic);
        }
    }

    private void enterAgain(SharedState state, Phase automatic) {
        enter(state, automatic.tally(circuit.now()), false);
    }

    private void judgeProbes(SharedState state) {
        switch (circuit.rules().thresholds().judge(state.probes())) {
            case RECOVERED -> sharing.proposeClosed(HalfOpenPhase.succeeded(state.probes()));
            case STILL_FAILING -> sharing.proposeOpen(HalfOpenPhase.failed(state.probes()), state.opens() + 1);
            case UNDECIDED -> {
                Duration limit = circuit.config().maxWaitDurationInHalfOpenState();
                if (!limit.isZero() && state.elapsed().compareTo(limit) >= 0) {
                    sharing.proposeOpen(circuit.transitions().undecided(), state.opens() + 1);
                }
            }
        }
    }
}
