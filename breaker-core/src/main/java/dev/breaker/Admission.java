package dev.breaker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls through a circuit or rejects them. Takes no lock and waits for nobody while the circuit is CLOSED or OPEN.
 */
final class Admission {

    private final Circuit circuit;
    private final Phases phases;

    Admission(Circuit circuit, Phases phases) {
        this.circuit = circuit;
        this.phases = phases;
    }

    /** A permit, or null; only HALF_OPEN may wait for it. */
    @Nullable
    Permit tryAcquire() {
        Phase phase = phases.current();
        Permit permit = phase.tryAcquire();
        if (permit == null) {
            rejected(phase);
        }
        return permit;
    }

    /** As {@link #tryAcquire()} without ever waiting. */
    CompletionStage<@Nullable Permit> tryAcquireAsync() {
        Phase phase = phases.current();
        return phase.tryAcquireAsync().thenApply(permit -> {
            if (permit == null) {
                rejected(phase);
            }
            return permit;
        });
    }

    private void rejected(Phase phase) {
        circuit.outcomes().rejected(phase.state());
    }

    /** The exception that says why a call was rejected. */
    CallNotPermittedException rejection() {
        Phase phase = phases.current();
        /* By their classes, which are final: that a phase is no Permit took some 20 ns to find on Java 17. */
        boolean stillRejects = !(phase instanceof ClosedPhase || phase instanceof DisabledPhase);
        return new CallNotPermittedException(
                circuit.name(),
                stillRejects ? phase.state() : BreakerState.OPEN,
                phase instanceof OpenPhase open && open.awaitsHealthProbe() ? null : phase.deadline(),
                circuit.outcomes().lastFailure(),
                circuit.config().writableStackTrace());
    }

    /** A probe of a circuit that is due or half-open; may wait for the store. */
    @Nullable
    Permit probe(Phase phase) {
        Sharing cluster = circuit.sharingFor(phase);
        return cluster == null ? probeLocally(phase) : cluster.leases().take();
    }

    /** As {@link #probe} without waiting. */
    CompletionStage<@Nullable Permit> probeAsync(Phase phase) {
        Sharing cluster = circuit.sharingFor(phase);
        return cluster == null
                ? CompletableFuture.completedFuture(probeLocally(phase))
                : cluster.leases().takeAsync();
    }

    private @Nullable Permit probeLocally(Phase phase) {
        circuit.transitions().halfOpenLocally(phase);
        return phases.current().tryAcquire();
    }

    /** The store failed to answer a request for a probe: this instance decides. */
    @Nullable
    Permit probeWithoutStore() {
        Phase phase = phases.current();
        if (phase instanceof SharedHalfOpenPhase || (phase instanceof OpenPhase open && open.admitsProbes())) {
            return probeLocally(phase);
        }
        return phase instanceof LocalHalfOpenPhase ? phase.tryAcquire() : null;
    }

    /** A permit if the store need not be asked for it. */
    @Nullable
    Permit acquireWithoutStore() {
        Phase phase = phases.current();
        return phase instanceof OpenPhase || phase instanceof SharedHalfOpenPhase ? null : phase.tryAcquire();
    }
}
