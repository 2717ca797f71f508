package dev.breaker;

import static dev.breaker.BreakerConfig.SlidingWindowType.COUNT_BASED;
import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClosedCircuitTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TINY = Duration.ofNanos(1);

    private static LocalCircuit circuit() {
        return new LocalCircuit(BreakerConfig.builder());
    }

    private static BreakerConfig.Builder timed() {
        return BreakerConfig.builder().slowCallDurationThreshold(SECOND).slowCallRateThreshold(50);
    }

    @Nested
    class FailureRate {

        @Test
        void opensTheCircuitWhenItReachesTheThreshold() {
            LocalCircuit circuit = circuit().succeeds(5).fails(4);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void isNotJudgedBelowTheMinimumNumberOfCalls() {
            LocalCircuit circuit = circuit().fails(9);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void doesNotOpenTheCircuitJustBelowTheThreshold() {
            LocalCircuit circuit = circuit().succeeds(51).fails(50);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void neverOpensTheCircuitOnASuccess() {
            LocalCircuit circuit = circuit().fails(9).succeeds(1);
            assertThat(circuit.counts().failureRate()).isEqualTo(90);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.afterSeconds(1).state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void ofAHundredPercentToleratesAnySuccess() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().failureRateThreshold(100));
            assertThat(circuit.succeeds(1).fails(500).state()).isEqualTo(CLOSED);
        }

        @Test
        void ofAFractionOfAPercentIsJudgedExactly() {
            BreakerConfig.Builder oneInAThousand = BreakerConfig.builder().failureRateThreshold(0.1);
            assertThat(new LocalCircuit(oneInAThousand).succeeds(999).fails(1).state())
                    .isEqualTo(OPEN);
            assertThat(new LocalCircuit(oneInAThousand).succeeds(1000).fails(1).state())
                    .isEqualTo(CLOSED);
        }

        @Test
        void withAMinimumOfOneOpensOnTheFirstFailure() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().minimumNumberOfCalls(1));
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class SlowCalls {

        @Test
        void openTheCircuitWhenTheirRateReachesTheThreshold() {
            LocalCircuit circuit = new LocalCircuit(timed()).succeeds(5).succeeds(4, SECOND.plus(TINY));
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.succeeds(1, SECOND.plus(TINY)).state()).isEqualTo(OPEN);
        }

        @Test
        void takeLongerThanTheThreshold() {
            LocalCircuit circuit = new LocalCircuit(timed()).succeeds(20, SECOND);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().slow()).isZero();
        }

        @Test
        void areNotJudgedBelowTheMinimumNumberOfCalls() {
            LocalCircuit circuit = new LocalCircuit(timed()).succeeds(9, SECOND.plus(TINY));
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void neverOpenTheCircuitOnAQuickSuccess() {
            LocalCircuit circuit =
                    new LocalCircuit(timed()).succeeds(9, SECOND.plus(TINY)).succeeds(1);
            assertThat(circuit.counts().slowCallRate()).isEqualTo(90);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void mayBeFailuresToo() {
            LocalCircuit circuit = new LocalCircuit(timed().failureRateThreshold(100))
                    .succeeds(5)
                    .fails(5, SECOND.plus(TINY));
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.transitions.get(0).cause()).startsWith("slow call rate 50.0% of 10 calls");
        }

        @Test
        void countAsSuccessesThatEndARowOfFailures() {
            LocalCircuit circuit = new LocalCircuit(timed().consecutiveFailureThreshold(3))
                    .fails(2)
                    .succeeds(1, SECOND.plus(TINY))
                    .fails(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().consecutiveFailures()).isEqualTo(2);
        }

        @Test
        void areUnknownWithoutAThreshold() {
            LocalCircuit circuit = circuit().succeeds(50, Duration.ofDays(1));
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().slow()).isZero();
        }
    }

    @Nested
    class FailureCount {

        @Test
        void opensTheCircuitWhateverTheRateAndTheMinimum() {
            LocalCircuit circuit = new LocalCircuit(
                            BreakerConfig.builder().failureCountThreshold(3).minimumNumberOfCalls(1000))
                    .succeeds(900)
                    .fails(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.succeeds(1).fails(1).state()).isEqualTo(OPEN);
            assertThat(circuit.transitions.get(0).cause()).isEqualTo("3 failures in the window");
        }

        @Test
        void forgetsFailuresThatLeftTheWindow() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().failureCountThreshold(3));
            circuit.fails(2).afterSeconds(10).fails(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void ofZeroIsOff() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().minimumNumberOfCalls(1000));
            assertThat(circuit.fails(999).state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class ConsecutiveFailures {

        private final LocalCircuit circuit =
                new LocalCircuit(BreakerConfig.builder().consecutiveFailureThreshold(3));

        @Test
        void openTheCircuitWhateverTheRateAndTheMinimum() {
            assertThat(circuit.succeeds(100).fails(2).state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
            assertThat(circuit.transitions.get(0).cause()).isEqualTo("3 failures in a row");
        }

        @Test
        void startAnewAfterASuccess() {
            assertThat(circuit.fails(2).succeeds(1).fails(2).state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void areNotInterruptedByIgnoredCalls() {
            circuit.fails(2);
            circuit.breaker.acquire().ignore();
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class Uncounted {

        @Test
        void ignoredCallsAreNotInTheWindow() {
            LocalCircuit circuit = circuit();
            for (int i = 0; i < 20; i++) {
                circuit.breaker.acquire().ignore();
                circuit.breaker.acquire().complete(null, new CancellationException(), 0);
            }
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(0, 0, 0, 0));
        }

        @Test
        void businessErrorsAreNotInTheWindow() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder()
                    .classifier((result, thrown) ->
                            thrown instanceof IllegalArgumentException ? Outcome.IGNORED : Outcome.SUCCESS));
            Permit permit = circuit.breaker.acquire();
            assertThat(permit.complete(null, new IllegalArgumentException("no such offer"), 0))
                    .isEqualTo(Outcome.IGNORED);
            assertThat(circuit.counts().calls()).isZero();
        }

        @Test
        void errorsAreFailures() {
            LocalCircuit circuit = circuit();
            assertThat(circuit.breaker.acquire().complete(null, new StackOverflowError(), 0))
                    .isEqualTo(Outcome.FAILURE);
            assertThat(circuit.counts().failures()).isEqualTo(1);
        }
    }

    @Nested
    class WindowByTime {

        @Test
        void forgetsCallsOfItsLengthAgo() {
            LocalCircuit circuit = circuit().succeeds(2).fails(3);
            circuit.after(Duration.ofMillis(9_999));
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(5, 3, 0, 3));
            circuit.after(Duration.ofMillis(1));
            assertThat(circuit.counts().calls()).isZero();
        }

        @Test
        void forgetsThemSlotBySlot() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().failureRateThreshold(100));
            for (int second = 0; second < 25; second++) {
                circuit.succeeds(1).fails(1).afterSeconds(1);
            }
            assertThat(circuit.counts().calls()).isEqualTo(18);
            assertThat(circuit.counts().failures()).isEqualTo(9);
        }

        @Test
        void isAsLongAsConfigured() {
            LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder().slidingWindowSize(60));
            circuit.fails(1).afterSeconds(59);
            assertThat(circuit.counts().failures()).isEqualTo(1);
            assertThat(circuit.afterSeconds(1).counts().failures()).isZero();
        }

        @Test
        void doesNotAddOldFailuresToNewOnes() {
            assertThat(circuit().fails(9).afterSeconds(10).fails(9).state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class WindowByCount {

        private final LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder()
                .slidingWindowType(COUNT_BASED)
                .slidingWindowSize(10)
                .minimumNumberOfCalls(10));

        @Test
        void forgetsTheOldestCallWithEveryNewOne() {
            circuit.fails(4).succeeds(6);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(10, 4, 0, 0));
            circuit.succeeds(3);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(10, 1, 0, 0));
        }

        @Test
        void opensWhenEnoughOfTheLastCallsFailed() {
            circuit.succeeds(1000).fails(4);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void doesNotAgeWithTime() {
            circuit.fails(4).afterSeconds(100_000);
            assertThat(circuit.counts().failures()).isEqualTo(4);
        }

        @Test
        void makesRoomForTheNewCallBeforeItJudges() {
            circuit.fails(4).succeeds(6).fails(1);
            assertThat(circuit.counts().failures()).isEqualTo(4);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class RetryAfter {

        private LocalCircuit asking(Duration asked) {
            return asking(asked, BreakerConfig.builder());
        }

        private LocalCircuit asking(Duration asked, BreakerConfig.Builder config) {
            OutcomeClassifier classifier = new OutcomeClassifier() {
                @Override
                public Outcome classify(Object result, Throwable thrown) {
                    return OutcomeClassifier.standard().classify(result, thrown);
                }

                @Override
                public Duration retryAfter(Throwable failure) {
                    return asked;
                }
            };
            return new LocalCircuit(config.classifier(classifier)
                    .waitDurationInOpenState(Duration.ofSeconds(30))
                    .maxRetryAfter(Duration.ofMinutes(2)));
        }

        @Test
        void opensTheCircuitAtOnceForThatLong() {
            LocalCircuit circuit = asking(Duration.ofSeconds(77)).succeeds(100).fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(77));
            assertThat(circuit.transitions.get(0).cause()).isEqualTo("the partner asks for 77000 ms");
        }

        @Test
        void isBoundedByTheMaximum() {
            assertThat(asking(Duration.ofMinutes(2)).fails(1).timeLeftOpen()).isEqualTo(Duration.ofMinutes(2));
            assertThat(asking(Duration.ofMinutes(2).plus(TINY)).fails(1).timeLeftOpen())
                    .isEqualTo(Duration.ofMinutes(2));
            assertThat(asking(Duration.ofSeconds(Long.MAX_VALUE)).fails(1).timeLeftOpen())
                    .isEqualTo(Duration.ofMinutes(2));
        }

        @Test
        void ofNothingDoesNotOpenTheCircuit() {
            assertThat(asking(null).fails(1).state()).isEqualTo(CLOSED);
            assertThat(asking(Duration.ZERO).fails(1).state()).isEqualTo(CLOSED);
            assertThat(asking(Duration.ofSeconds(-5)).fails(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void doesNotShortenTheWaitOfACircuitThatOpensAnyway() {
            LocalCircuit circuit = asking(
                            Duration.ofSeconds(1), BreakerConfig.builder().consecutiveFailureThreshold(1))
                    .fails(1);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
            assertThat(circuit.transitions.get(0).cause()).isEqualTo("1 failures in a row");
        }

        @Test
        void doesNotShortenTheWaitAfterAProbe() {
            LocalCircuit circuit = asking(
                            Duration.ofSeconds(1), BreakerConfig.builder().exponentialBackoffMultiplier(2))
                    .fails(1)
                    .afterSeconds(1)
                    .fails(1);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(60));
        }

        @Test
        void doesNotLengthenAStayThatHasBegun() {
            LocalCircuit circuit = asking(Duration.ofSeconds(77));
            Permit late = circuit.breaker.acquire();
            circuit.fails(1).afterSeconds(50);
            late.failure(circuit.down, 0);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(27));
        }
    }

    @Nested
    class LateResults {

        @ParameterizedTest
        @EnumSource(names = {"FAILURE", "SUCCESS"})
        void changeNothingInALaterStay(Outcome outcome) {
            LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());
            Permit late = circuit.breaker.acquire();
            circuit.fails(1).afterSeconds(30);
            assertThat(circuit.rejects()).isFalse();
            BreakerSnapshot before = circuit.breaker.snapshot();
            assertThat(before.state()).isEqualTo(BreakerState.HALF_OPEN);
            complete(circuit, late, outcome);
            assertThat(circuit.breaker.snapshot().counts()).isEqualTo(before.counts());
            circuit.succeeds(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            complete(circuit, late, outcome);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
        }

        private void complete(LocalCircuit circuit, Permit permit, Outcome outcome) {
            if (outcome == Outcome.SUCCESS) {
                permit.success(0);
            } else {
                permit.failure(circuit.down, 0);
            }
        }
    }

    @Nested
    class Reset {

        @Test
        void forgetsWhatWasCounted() {
            LocalCircuit circuit = circuit().fails(9);
            circuit.breaker.reset("partner replaced", "ann");
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(0, 0, 0, 0));
            assertThat(circuit.fails(9).state()).isEqualTo(CLOSED);
        }

        @Test
        void closesAnOpenCircuitAndSaysWhy() {
            LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile()).fails(1);
            circuit.breaker.reset("partner replaced", "ann");
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.rejects()).isFalse();
            assertThat(circuit.breaker.snapshot().cause()).isEqualTo("reset by ann: partner replaced");
            assertThat(circuit.afterSeconds(60).state()).isEqualTo(CLOSED);
        }
    }
}
