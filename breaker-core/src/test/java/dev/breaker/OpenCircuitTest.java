package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OpenCircuitTest {

    private static final Duration TINY = Duration.ofNanos(1);

    @Test
    void rejectsEveryCallUntilTheWaitIsOver() {
        LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
        circuit.after(Duration.ofSeconds(30).minus(TINY));
        assertThat(circuit.rejects()).isTrue();
        circuit.after(TINY);
        assertThat(circuit.rejects()).isFalse();
    }

    @Test
    void becomesHalfOpenWithTheNextCallAfterTheWait() {
        LocalCircuit circuit = new LocalCircuit(fragile()).fails(1).afterSeconds(3600);
        assertThat(circuit.state()).isEqualTo(OPEN);
        assertThat(circuit.timeLeftOpen()).isZero();
        assertThat(circuit.breaker.tryAcquire()).isNotNull();
        assertThat(circuit.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void becomesHalfOpenByItselfWithAutomaticTransition() {
        LocalCircuit circuit = new LocalCircuit(fragile().automaticTransition(true)).fails(1);
        assertThat(circuit.after(Duration.ofSeconds(30).minus(TINY)).state()).isEqualTo(OPEN);
        assertThat(circuit.after(TINY).state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void countsTheCallsItRejects() {
        LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
        for (int i = 0; i < 7; i++) {
            assertThat(circuit.rejects()).isTrue();
        }
        assertThat(circuit.breaker.snapshot().rejectedCalls()).isEqualTo(7);
    }

    @Test
    void goesOnByItsOwnClockAfterItsRegistryWasClosed() {
        LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
        circuit.registry.close();
        assertThat(circuit.afterSeconds(29).rejects()).isTrue();
        assertThat(circuit.afterSeconds(1).succeeds(2).state()).isEqualTo(CLOSED);
    }

    @Nested
    class Counts {

        @Test
        void areThoseThatOpenedIt() {
            LocalCircuit circuit =
                    new LocalCircuit(BreakerConfig.builder()).succeeds(4).fails(6);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.afterSeconds(29).counts()).isEqualTo(new BreakerSnapshot.Counts(10, 6, 0, 6));
        }

        @Test
        void areThoseOfItsProbesAfterTheyFailed() {
            LocalCircuit circuit = new LocalCircuit(fragile()).fails(1).afterSeconds(30);
            circuit.succeeds(1).fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(2, 1, 0, 0));
        }

        @Test
        void areOverWithTheStay() {
            LocalCircuit circuit = new LocalCircuit(fragile()).fails(1).afterSeconds(30);
            Permit probe = circuit.breaker.acquire();
            assertThat(circuit.counts().calls()).isZero();
            probe.success(0);
            assertThat(circuit.succeeds(1).state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
        }
    }

    @Nested
    class Rejections {

        private CallNotPermittedException rejection(LocalCircuit circuit) {
            return catchThrowableOfType(CallNotPermittedException.class, circuit.breaker::acquire);
        }

        @Test
        void tellHowLongTheCircuitStaysOpen() {
            LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
            assertThat(rejection(circuit).retryAfter()).isEqualTo(Duration.ofSeconds(30));
            assertThat(rejection(circuit.afterSeconds(12)).retryAfter()).isEqualTo(Duration.ofSeconds(18));
        }

        @Test
        void tellWhenTheNextProbeMayBeFree() {
            LocalCircuit circuit = new LocalCircuit(fragile().probeLease(Duration.ofSeconds(4)))
                    .fails(1)
                    .afterSeconds(30);
            assertThat(circuit.breaker.tryAcquire()).isNotNull();
            circuit.afterSeconds(1);
            assertThat(circuit.breaker.tryAcquire()).isNotNull();
            CallNotPermittedException rejection = rejection(circuit);
            assertThat(rejection.state()).isEqualTo(HALF_OPEN);
            assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        }

        @Test
        void tellTheLastFailure() {
            assertThat(rejection(new LocalCircuit(fragile()).fails(1)).lastFailure())
                    .isEqualTo("IOException: down");
        }
    }

    @Nested
    class Waits {

        private LocalCircuit reopen(LocalCircuit circuit) {
            return circuit.after(circuit.timeLeftOpen()).fails(1);
        }

        private final BreakerConfig.Builder doubling = fragile()
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(Duration.ofSeconds(10))
                .exponentialBackoffMultiplier(2)
                .exponentialMaxWaitDurationInOpenState(Duration.ofSeconds(35));

        @Test
        void areAllTheSameByDefault() {
            LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
            for (int i = 0; i < 5; i++) {
                assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
                reopen(circuit);
            }
        }

        @Test
        void growWithEveryFurtherOpeningUpToTheCap() {
            LocalCircuit circuit = new LocalCircuit(doubling).fails(1);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(10));
            assertThat(reopen(circuit).timeLeftOpen()).isEqualTo(Duration.ofSeconds(20));
            assertThat(reopen(circuit).timeLeftOpen()).isEqualTo(Duration.ofSeconds(35));
            assertThat(reopen(circuit).timeLeftOpen()).isEqualTo(Duration.ofSeconds(35));
        }

        @Test
        void startAnewAfterTheCircuitHasClosed() {
            LocalCircuit circuit = new LocalCircuit(doubling).fails(1);
            reopen(circuit).afterSeconds(20).succeeds(1);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).timeLeftOpen()).isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void startAnewAfterAReset() {
            LocalCircuit circuit = new LocalCircuit(doubling).fails(1);
            reopen(circuit).breaker.reset("", "ann");
            assertThat(circuit.fails(1).timeLeftOpen()).isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void areSpreadByTheRandomFactor() {
            LocalCircuit circuit = new LocalCircuit(fragile().randomizedWaitFactor(0.5)).fails(1);
            Set<Duration> waits = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                waits.add(circuit.timeLeftOpen());
                reopen(circuit);
            }
            assertThat(waits)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(45)));
        }
    }
}
