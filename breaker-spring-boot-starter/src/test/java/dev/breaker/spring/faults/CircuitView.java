package dev.breaker.spring.faults;

import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import java.time.Duration;

/**
 * What an instance in another process says of a circuit.
 *
 * @param left when OPEN, the time until probes are admitted, else zero
 * @param answered whether Redis has ever answered
 */
record CircuitView(
        BreakerState state,
        BreakerScope scope,
        long epoch,
        long calls,
        long failures,
        Duration left,
        BreakerSnapshot.Sharing sharing,
        boolean answered) {

    static CircuitView of(BreakerSnapshot snapshot) {
        Duration left = snapshot.timeLeftOpen();
        return new CircuitView(
                snapshot.state(),
                snapshot.stateScope(),
                snapshot.epoch(),
                snapshot.counts().calls(),
                snapshot.counts().failures(),
                left == null ? Duration.ZERO : left,
                snapshot.sharing(),
                snapshot.staleness() != null);
    }

    static CircuitView parse(String line) {
        String[] words = line.split(" ", -1);
        return new CircuitView(
                BreakerState.valueOf(words[0]),
                BreakerScope.valueOf(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Duration.parse(words[5]),
                BreakerSnapshot.Sharing.valueOf(words[6]),
                Boolean.parseBoolean(words[7]));
    }

    /** The line that {@link #parse} reads. */
    @Override
    public String toString() {
        return state + " " + scope + " " + epoch + " " + calls + " " + failures + " " + left + " " + sharing + " "
                + answered;
    }

    /** Whether the whole cluster is in that state. */
    boolean isInCluster(BreakerState expected) {
        return state == expected && scope == BreakerScope.CLUSTER && sharing == BreakerSnapshot.Sharing.ACTIVE;
    }
}
