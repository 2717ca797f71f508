package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.DISABLED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OverriddenCircuitTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration TINY = Duration.ofNanos(1);

    private final LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());
    private final Breaker breaker = circuit.breaker;

    private CallNotPermittedException rejection() {
        return catchThrowableOfType(CallNotPermittedException.class, breaker::acquire);
    }

    @Nested
    class ForcedOpen {

        @Test
        void rejectsEveryCallForAsLongAsItHolds() {
            breaker.forceOpen("partner migrates", "ann", null);
            assertThat(circuit.after(Duration.ofDays(1)).rejects()).isTrue();
            assertThat(rejection().state()).isEqualTo(FORCED_OPEN);
        }

        @Test
        void doesNotKnowItsEndWithoutExpiry() {
            breaker.forceOpen("partner migrates", "ann", null);
            assertThat(rejection().retryAfter()).isNull();
        }

        @Test
        void tellsRejectedCallersWhenItExpires() {
            breaker.forceOpen("partner migrates", "ann", HOUR);
            circuit.after(Duration.ofMinutes(20));
            assertThat(rejection().retryAfter()).isEqualTo(Duration.ofMinutes(40));
        }

        @Test
        void letsCallsThatAreUnderWayCount() {
            Permit permit = breaker.acquire();
            breaker.forceOpen("partner migrates", "ann", null);
            permit.failure(circuit.down, 0);
            assertThat(breaker.snapshot().automaticState()).isEqualTo(OPEN);
            assertThat(circuit.state()).isEqualTo(FORCED_OPEN);
        }
    }

    @Nested
    class Disabled {

        @Test
        void makesEveryCallAndCountsNone() {
            breaker.disable("false alarm", "ann", null);
            circuit.fails(100).succeeds(100);
            assertThat(circuit.state()).isEqualTo(DISABLED);
            assertThat(circuit.counts().calls()).isZero();
            assertThat(breaker.snapshot().automaticState()).isEqualTo(CLOSED);
        }

        @Test
        void alsoLetsCallsThroughAnOpenCircuit() {
            circuit.fails(1);
            breaker.forceClosed("false alarm", "ann", null);
            assertThat(circuit.state()).isEqualTo(DISABLED);
            assertThat(circuit.rejects()).isFalse();
        }
    }

    @Nested
    class MetricsOnly {

        @Test
        void makesEveryCallAndCountsAllButNeverOpens() {
            breaker.metricsOnly("trial", "ann", null);
            circuit.succeeds(20).fails(80);
            assertThat(circuit.state()).isEqualTo(METRICS_ONLY);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(100, 80, 0, 80));
            assertThat(breaker.snapshot().automaticState()).isEqualTo(CLOSED);
        }

        @Test
        void leavesWhatItCountedBehind() {
            breaker.metricsOnly("trial", "ann", null);
            circuit.fails(80);
            breaker.release("trial over", "ann");
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
        }
    }

    @Nested
    class Release {

        @Test
        void returnsToTheAutomaticState() {
            circuit.fails(1);
            breaker.disable("false alarm", "ann", null);
            breaker.release("it was none", "ann");
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(breaker.snapshot().override()).isNull();
        }

        @Test
        void findsTheAutomaticStateFurtherOn() {
            circuit.fails(1);
            breaker.forceOpen("partner migrates", "ann", null);
            circuit.after(HOUR);
            breaker.release("done", "ann");
            assertThat(circuit.rejects()).isFalse();
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void withoutAnOverrideChangesNothing() {
            breaker.release("by mistake", "ann");
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.transitions).isEmpty();
        }
    }

    @Nested
    class Expiry {

        @Test
        void comesAlsoIfTheTickerIsSlowerThanTheTimers() {
            long began = System.nanoTime();
            try (BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(() -> (System.nanoTime() - began) / 2)
                    .build()) {
                Breaker slow = registry.breaker("partner");
                slow.forceOpen("partner migrates", "ann", Duration.ofMillis(50));
                await().until(() -> slow.state() == CLOSED);
            }
        }

        @Test
        void endsAnOverrideByItself() {
            breaker.forceOpen("partner migrates", "ann", HOUR);
            assertThat(circuit.after(HOUR.minus(TINY)).state()).isEqualTo(FORCED_OPEN);
            assertThat(circuit.after(TINY).state()).isEqualTo(CLOSED);
            assertThat(breaker.snapshot().override()).isNull();
        }

        @Test
        void saysThatItWasTheReason() {
            breaker.forceOpen("partner migrates", "ann", HOUR);
            circuit.after(HOUR);
            assertThat(circuit.transitions)
                    .last()
                    .extracting(BreakerEvent.Transition::cause)
                    .isEqualTo("override by ann expired: partner migrates");
        }

        @Test
        void isThatOfTheLatestOverride() {
            breaker.forceOpen("partner migrates", "ann", HOUR);
            breaker.forceOpen("it takes longer", "ann", null);
            assertThat(circuit.after(HOUR.multipliedBy(2)).state()).isEqualTo(FORCED_OPEN);
            breaker.disable("let us see", "bob", HOUR);
            assertThat(circuit.after(HOUR.minus(TINY)).state()).isEqualTo(DISABLED);
            assertThat(circuit.after(TINY).state()).isEqualTo(CLOSED);
        }

        @Test
        void mustBePositive() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> breaker.forceOpen("", "ann", Duration.ZERO))
                    .withMessage("Invalid expiry (PT0S) for circuit breaker 'partner': must be positive.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> breaker.disable("", "ann", Duration.ofSeconds(-1)))
                    .withMessage("Invalid expiry (PT-1S) for circuit breaker 'partner': must be positive.");
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void maySoundLikeForEver() {
            breaker.forceOpen("", "ann", Duration.ofSeconds(Long.MAX_VALUE));
            assertThat(circuit.after(Duration.ofDays(1)).state()).isEqualTo(FORCED_OPEN);
            breaker.release("", "ann");
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class Snapshot {

        @Test
        void tellsWhoAndWhyAndSinceWhenAndUntilWhen() {
            breaker.metricsOnly("trial", "ann", HOUR);
            circuit.afterSeconds(600);
            assertThat(breaker.snapshot().override())
                    .isEqualTo(new BreakerSnapshot.ActiveOverride(
                            METRICS_ONLY, "trial", "ann", Duration.ofMinutes(10), Duration.ofMinutes(50)));
        }

        @Test
        void showsTheAutomaticStateBesides() {
            circuit.fails(1);
            breaker.disable("false alarm", "ann", null);
            assertThat(breaker.snapshot().state()).isEqualTo(DISABLED);
            assertThat(breaker.snapshot().automaticState()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
        }
    }

    @Test
    void isNotEndedByAReset() {
        circuit.fails(1);
        breaker.forceOpen("partner migrates", "ann", null);
        breaker.reset("start anew", "bob");
        assertThat(circuit.state()).isEqualTo(FORCED_OPEN);
        assertThat(breaker.snapshot().automaticState()).isEqualTo(CLOSED);
    }
}
