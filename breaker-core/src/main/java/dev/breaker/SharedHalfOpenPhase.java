package dev.breaker;

import dev.breaker.shared.Probes;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Half-open in the whole cluster: the store leases the probes. */
final class SharedHalfOpenPhase extends HalfOpenPhase {

    SharedHalfOpenPhase(Circuit circuit, long limit, int opens) {
        super(circuit, limit, opens);
    }

    @Override
    BreakerScope scope() {
        return BreakerScope.CLUSTER;
    }

    @Override
    Probes probes() {
        return circuit.known().probes();
    }

    @Override
    Tally tally(long now) {
        return Tally.of(probes());
    }

    @Override
    @Nullable
    Deadline deadline() {
        Sharing sharing = circuit.sharing();
        return sharing == null ? null : sharing.leases().denial();
    }

    @Override
    @Nullable
    Permit tryAcquire() {
        return circuit.admission().probe(this);
    }

    @Override
    CompletionStage<@Nullable Permit> tryAcquireAsync() {
        return circuit.admission().probeAsync(this);
    }
}
