package dev.breaker.sample.offers;

import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /offers/circuit} tells of the circuit around the partner.
 *
 * @param name its name
 * @param state its state
 * @param scope whether the whole cluster is in this state or this instance alone
 * @param timeLeftOpen when OPEN, the time until a probe is due; otherwise null
 * @param counts calls in the window
 * @param sharing whether Redis answers
 */
record Circuit(
        String name,
        BreakerState state,
        BreakerScope scope,
        @Nullable Duration timeLeftOpen,
        BreakerSnapshot.Counts counts,
        BreakerSnapshot.Sharing sharing) {

    static Circuit of(BreakerSnapshot snapshot) {
        return new Circuit(
                snapshot.name(),
                snapshot.state(),
                snapshot.stateScope(),
                snapshot.timeLeftOpen(),
                snapshot.counts(),
                snapshot.sharing());
    }
}
