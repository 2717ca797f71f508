package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Probes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HalfOpenCircuitTest {

    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final Duration SLOW = Duration.ofSeconds(1).plusNanos(1);
    private static final Duration TINY = Duration.ofNanos(1);

    private static BreakerConfig.Builder config(int probes) {
        return BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .permittedNumberOfCallsInHalfOpenState(probes)
                .probeLease(LEASE);
    }

    /** A circuit that is due, so that the next call makes it half-open. */
    private static LocalCircuit due(BreakerConfig.Builder config) {
        return new LocalCircuit(config).fails(1).afterSeconds(30);
    }

    private static List<Permit> take(LocalCircuit circuit, int probes) {
        return IntStream.range(0, probes)
                .mapToObj(probe -> circuit.breaker.acquire())
                .toList();
    }

    @Nested
    class Permits {

        @Test
        void areAsManyAsConfigured() {
            LocalCircuit circuit = due(config(5));
            take(circuit, 5);
            assertThat(circuit.rejects()).isTrue();
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void areNotRenewedByProbesThatReported() {
            LocalCircuit circuit = due(config(5).failureRateThreshold(60));
            take(circuit, 2).forEach(permit -> permit.success(0));
            take(circuit, 2).forEach(permit -> permit.failure(circuit.down, 0));
            take(circuit, 1);
            assertThat(circuit.rejects()).isTrue();
        }

        @Test
        void canBeSeen() {
            LocalCircuit circuit = due(config(5).failureRateThreshold(60));
            assertThat(circuit.breaker.probes()).isEqualTo(Probes.NONE);
            List<Permit> probes = take(circuit, 3);
            probes.get(0).success(0);
            probes.get(1).failure(circuit.down, 0);
            assertThat(circuit.breaker.probes()).isEqualTo(new Probes(5, 1, 1, 1, 0));
        }

        @Test
        void comeBackFromIgnoredCalls() {
            LocalCircuit circuit = due(config(1));
            for (int i = 0; i < 10; i++) {
                circuit.breaker.acquire().ignore();
            }
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void comeBackFromCancelledCalls() {
            LocalCircuit circuit = due(config(1));
            circuit.breaker.acquire().complete(null, new CancellationException(), 0);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.rejects()).isFalse();
        }

        @Test
        void reportOnlyOnce() {
            LocalCircuit circuit = due(config(5));
            Permit probe = circuit.breaker.acquire();
            probe.success(0);
            probe.success(0);
            probe.failure(circuit.down, 0);
            probe.ignore();
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 0, 0, 0));
        }

        @Test
        void areAllThereAgainInTheNextStay() {
            LocalCircuit circuit = due(config(3));
            circuit.fails(2).afterSeconds(30);
            take(circuit, 3);
            assertThat(circuit.rejects()).isTrue();
        }
    }

    @Nested
    class Leases {

        @Test
        void giveThePermitOfAProbeBackThatNeverReports() {
            LocalCircuit circuit = due(config(1));
            take(circuit, 1);
            assertThat(circuit.after(LEASE.minus(TINY)).rejects()).isTrue();
            assertThat(circuit.after(TINY).rejects()).isFalse();
        }

        @Test
        void endWithoutAVerdictOnTheCircuit() {
            LocalCircuit circuit = due(config(1));
            take(circuit, 1);
            assertThat(circuit.after(LEASE.multipliedBy(10)).state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void leaveOutWhatAProbeReportsAfterItsEnd() {
            LocalCircuit circuit = due(config(1));
            Permit late = circuit.breaker.acquire();
            circuit.after(LEASE);
            late.failure(circuit.down, 0);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.counts().calls()).isZero();
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class Decisions {

        @Test
        void toCloseAreMadeAsSoonAsTheRestCannotChangeThem() {
            LocalCircuit circuit = due(config(5)).succeeds(2);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void toOpenAreMadeAsSoonAsTheRestCannotChangeThem() {
            LocalCircuit circuit = due(config(5)).fails(2);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void toOpenAreMadeAtExactlyTheThreshold() {
            assertThat(due(config(4)).fails(2).state()).isEqualTo(OPEN);
        }

        @Test
        void closeWithEmptyCounts() {
            LocalCircuit circuit = due(config(3)).fails(1).succeeds(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(0, 0, 0, 0));
        }

        @Test
        void takeAnErrorForAFailure() {
            LocalCircuit circuit = due(config(1));
            circuit.breaker.acquire().complete(null, new NoClassDefFoundError("dev/partner/Offer"), 0);
            assertThat(circuit.state()).isEqualTo(OPEN);
        }
    }

    /** Results of probes whose lease is still running, but not their stay. */
    @Nested
    class LateProbes {

        private final BreakerConfig.Builder patient = config(3).probeLease(Duration.ofHours(1));

        @Test
        void doNotDecideTheNextStay() {
            LocalCircuit circuit = due(patient);
            List<Permit> probes = take(circuit, 3);
            probes.get(0).failure(circuit.down, 0);
            probes.get(1).failure(circuit.down, 0);
            assertThat(circuit.state()).isEqualTo(OPEN);
            circuit.afterSeconds(30).succeeds(1);
            probes.get(2).failure(circuit.down, 0);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 0, 0, 0));
        }

        @Test
        void doNotCloseACircuitThatOpenedAgain() {
            LocalCircuit circuit = due(patient.maxWaitDurationInHalfOpenState(Duration.ofSeconds(20)));
            List<Permit> probes = take(circuit, 3);
            circuit.afterSeconds(20);
            probes.forEach(probe -> probe.success(0));
            assertThat(circuit.state()).isEqualTo(OPEN);
        }

        @Test
        void doNotOpenACircuitThatClosed() {
            LocalCircuit circuit = due(patient);
            List<Permit> probes = take(circuit, 3);
            circuit.breaker.reset("partner replaced", "ann");
            probes.forEach(probe -> probe.failure(circuit.down, 0));
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
        }
    }

    @Nested
    class SlowProbes {

        private final BreakerConfig.Builder timed =
                config(4).slowCallDurationThreshold(Duration.ofSeconds(1)).slowCallRateThreshold(50);

        @Test
        void openTheCircuitAgainThoughTheySucceed() {
            assertThat(due(timed).succeeds(2, SLOW).state()).isEqualTo(OPEN);
        }

        @Test
        void keepTheCircuitUndecidedAsLongAsTheyMayStillBeTooMany() {
            LocalCircuit circuit = due(timed).succeeds(1, SLOW).succeeds(2);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void areCountedOnceThoughTheyFailToo() {
            LocalCircuit circuit = due(timed).fails(1, SLOW);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 1, 1, 0));
            assertThat(circuit.succeeds(2).state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class MaximumWait {

        private final BreakerConfig.Builder bounded = config(2).maxWaitDurationInHalfOpenState(Duration.ofSeconds(20));

        @Test
        void opensAnUndecidedCircuitAgain() {
            LocalCircuit circuit = due(bounded);
            take(circuit, 1);
            assertThat(circuit.after(Duration.ofSeconds(20).minus(TINY)).state())
                    .isEqualTo(HALF_OPEN);
            assertThat(circuit.after(TINY).state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
            assertThat(circuit.breaker.snapshot().cause()).isEqualTo("undecided after 20000 ms");
        }

        @Test
        void countsAsAFurtherOpening() {
            LocalCircuit circuit = due(bounded.exponentialBackoffMultiplier(2));
            take(circuit, 1);
            assertThat(circuit.afterSeconds(20).timeLeftOpen()).isEqualTo(Duration.ofSeconds(60));
        }

        @Test
        void endsWithTheStay() {
            LocalCircuit circuit = due(bounded).succeeds(2);
            assertThat(circuit.afterSeconds(60).state()).isEqualTo(CLOSED);
        }

        @Test
        void isUnlimitedByDefault() {
            LocalCircuit circuit = due(config(2));
            take(circuit, 1);
            assertThat(circuit.afterSeconds(3600).state()).isEqualTo(HALF_OPEN);
        }
    }
}
