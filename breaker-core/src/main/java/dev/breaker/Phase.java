package dev.breaker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One stay of a circuit in a state. It admits calls, and the permits it gives out report to it: a call that ends after its
 * phase has no effect on the next one.
 */
abstract sealed class Phase permits ClosedPhase, OpenPhase, HalfOpenPhase, ForcedOpenPhase, DisabledPhase {

    final Circuit circuit;

    Phase(Circuit circuit) {
        this.circuit = circuit;
    }

    abstract BreakerState state();

    /** Whether this phase is the cluster's or this instance's alone. */
    abstract BreakerScope scope();

    /** A permit, or null if the call is rejected. May wait for the store only when HALF_OPEN. */
    abstract @Nullable Permit tryAcquire();

    /** As {@link #tryAcquire()} without ever waiting. */
    CompletionStage<@Nullable Permit> tryAcquireAsync() {
        return CompletableFuture.completedFuture(tryAcquire());
    }

    /** When this phase may admit calls if nothing else happens, null if that is not known. */
    @Nullable
    Deadline deadline() {
        return null;
    }

    /** How many times in a row the circuit has opened; zero if it is not open. */
    int opens() {
        return 0;
    }

    /** What this instance has counted in this phase, or was entered with; under the circuit's lock. */
    Tally tally(long now) {
        return Tally.NONE;
    }

    /** Gives the window the shape that it has by now; under the circuit's lock. */
    void reshape(long now) {}

    /** Called under the circuit's lock when the phase becomes the automatic one. */
    void begin() {}

    /** Called under the circuit's lock when the phase is over. */
    void end() {}
}
