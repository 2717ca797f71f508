package dev.breaker;

import static dev.breaker.Outcome.FAILURE;
import static dev.breaker.Outcome.IGNORED;
import static dev.breaker.Outcome.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutcomeRulesTest {

    private static boolean saysBusy(Throwable thrown) {
        return "busy".equals(thrown.getMessage());
    }

    private static OutcomeRules.Builder rules() {
        return OutcomeRules.builder();
    }

    private static Outcome judge(OutcomeRules.Builder rules, Throwable thrown) {
        return rules.build().classify(null, thrown);
    }

    @Test
    void areTheStandardWhenThereAreNone() {
        assertThat(judge(rules(), new IOException())).isEqualTo(FAILURE);
        assertThat(judge(rules(), new CancellationException())).isEqualTo(IGNORED);
        assertThat(rules().build().classify("offer", null)).isEqualTo(SUCCESS);
        assertThat(rules().build().classify(null, null)).isEqualTo(SUCCESS);
    }

    @Test
    void areEqualIfTheirRulesAre() {
        Predicate<Throwable> busy = OutcomeRulesTest::saysBusy;
        assertThat(rules().ignoreExceptions(IOException.class)
                        .recordException(busy)
                        .build())
                .isEqualTo(rules().ignoreExceptions(List.of(IOException.class))
                        .recordException(busy)
                        .build())
                .isNotEqualTo(rules().ignoreExceptions(IOException.class).build());
    }

    @Test
    void doNotChangeWithTheListsTheyWereMadeFrom() {
        List<Class<? extends Throwable>> ignored = new ArrayList<>();
        OutcomeRules rules = rules().ignoreExceptions(ignored).build();
        ignored.add(IOException.class);
        assertThat(rules.classify(null, new IOException())).isEqualTo(FAILURE);
    }

    @Nested
    class ARecordedException {

        @Test
        void isAFailureAndSoIsItsSubclass() {
            assertThat(judge(rules().recordExceptions(IOException.class), new IOException()))
                    .isEqualTo(FAILURE);
            assertThat(judge(rules().recordExceptions(IOException.class), new FileNotFoundException()))
                    .isEqualTo(FAILURE);
        }

        @Test
        void makesSuccessesOfTheOthersButNotOfErrors() {
            assertThat(judge(rules().recordExceptions(IOException.class), new IllegalStateException()))
                    .isEqualTo(SUCCESS);
            assertThat(judge(rules().recordExceptions(IOException.class), new NoClassDefFoundError()))
                    .isEqualTo(FAILURE);
            assertThat(judge(
                            rules().recordExceptions(IOException.class).ignoreExceptions(Error.class),
                            new NoClassDefFoundError()))
                    .isEqualTo(IGNORED);
        }

        @Test
        void isOneThatThePredicateAccepts() {
            assertThat(judge(rules().recordException(OutcomeRulesTest::saysBusy), new IOException("busy")))
                    .isEqualTo(FAILURE);
        }

        @Test
        void isNamedByTheListOrByThePredicate() {
            OutcomeRules.Builder both =
                    rules().recordExceptions(IOException.class).recordException(OutcomeRulesTest::saysBusy);
            assertThat(judge(both, new IOException("down"))).isEqualTo(FAILURE);
            assertThat(judge(both, new IllegalStateException("busy"))).isEqualTo(FAILURE);
        }

        @Test
        void makesAllOthersSuccesses() {
            assertThat(judge(rules().recordExceptions(IOException.class), new IllegalStateException()))
                    .isEqualTo(SUCCESS);
            assertThat(judge(rules().recordException(OutcomeRulesTest::saysBusy), new IOException("down")))
                    .isEqualTo(SUCCESS);
        }

        @Test
        void doesNotMakeACancelledCallASuccess() {
            assertThat(judge(rules().recordExceptions(IOException.class), new CancellationException()))
                    .isEqualTo(IGNORED);
        }

        @Test
        void mayBeACancelledCall() {
            assertThat(judge(rules().recordExceptions(CancellationException.class), new CancellationException()))
                    .isEqualTo(FAILURE);
        }
    }

    @Nested
    class AnIgnoredException {

        @Test
        void isIgnoredAndSoIsItsSubclass() {
            assertThat(judge(rules().ignoreExceptions(IOException.class), new FileNotFoundException()))
                    .isEqualTo(IGNORED);
            assertThat(judge(rules().ignoreException(OutcomeRulesTest::saysBusy), new IOException("busy")))
                    .isEqualTo(IGNORED);
        }

        @Test
        void leavesOthersFailures() {
            assertThat(judge(rules().ignoreExceptions(FileNotFoundException.class), new IOException()))
                    .isEqualTo(FAILURE);
        }

        @Test
        void isIgnoredEvenIfItIsRecordedToo() {
            assertThat(judge(
                            rules().recordExceptions(IOException.class).ignoreExceptions(FileNotFoundException.class),
                            new FileNotFoundException()))
                    .isEqualTo(IGNORED);
            assertThat(judge(
                            rules().recordExceptions(IOException.class).ignoreException(OutcomeRulesTest::saysBusy),
                            new IOException("busy")))
                    .isEqualTo(IGNORED);
        }
    }

    @Nested
    class AnExceptionIgnoredUnlessRecorded {

        private final OutcomeRules.Builder rules = rules().ignoreUnlessRecorded(OutcomeRulesTest::saysBusy);

        @Test
        void isIgnored() {
            assertThat(judge(rules, new IOException("busy"))).isEqualTo(IGNORED);
            assertThat(judge(rules, new IOException("down"))).isEqualTo(FAILURE);
        }

        @Test
        void isIgnoredRatherThanASuccessAmongOthersThatAreRecorded() {
            assertThat(judge(rules.recordExceptions(FileNotFoundException.class), new IOException("busy")))
                    .isEqualTo(IGNORED);
        }

        @Test
        void isAFailureIfARuleRecordsIt() {
            assertThat(judge(rules.recordExceptions(IOException.class), new IOException("busy")))
                    .isEqualTo(FAILURE);
        }
    }

    @Nested
    class AResult {

        private final OutcomeRules rules = rules().recordResult("none"::equals).build();

        @Test
        void isAFailureIfThePredicateAcceptsIt() {
            assertThat(rules.classify("none", null)).isEqualTo(FAILURE);
            assertThat(rules.classify("offer", null)).isEqualTo(SUCCESS);
        }

        @Test
        void isNotAskedAboutIfThereIsNone() {
            assertThat(rules().recordResult(result -> true).build().classify(null, null))
                    .isEqualTo(SUCCESS);
        }
    }

    @Nested
    class AnotherClassifier {

        private final OutcomeClassifier other = new OutcomeClassifier() {
            @Override
            public Outcome classify(Object result, Throwable thrown) {
                return thrown == null ? FAILURE : IGNORED;
            }

            @Override
            public Duration retryAfter(Throwable failure) {
                return Duration.ofSeconds(7);
            }
        };

        @Test
        void judgesWhatNoRuleNames() {
            OutcomeRules.Builder rules =
                    rules().ignoreExceptions(FileNotFoundException.class).otherwise(other);
            assertThat(judge(rules, new IOException())).isEqualTo(IGNORED);
            assertThat(rules.build().classify("offer", null)).isEqualTo(FAILURE);
        }

        @Test
        void isAskedForARetryAfterThatNoRuleKnows() {
            OutcomeRules rules = rules().otherwise(other)
                    .retryAfter(failure -> failure instanceof IOException ? Duration.ofSeconds(3) : null)
                    .build();
            assertThat(rules.retryAfter(new IOException())).isEqualTo(Duration.ofSeconds(3));
            assertThat(rules.retryAfter(new IllegalStateException())).isEqualTo(Duration.ofSeconds(7));
            assertThat(rules().build().retryAfter(new IOException())).isNull();
        }
    }

    @Nested
    class ACircuit {

        private final LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .classifier(rules().recordExceptions(IOException.class)
                        .ignoreExceptions(FileNotFoundException.class)
                        .retryAfter(failure -> Duration.ofSeconds(90))
                        .build()));

        @Test
        void seesThroughWhatAsynchronousCodePutsAround() {
            circuit.breaker.acquire().complete(null, new CompletionException(new FileNotFoundException()), 0);
            assertThat(circuit.breaker.state()).isEqualTo(BreakerState.CLOSED);
            circuit.breaker.acquire().complete(null, new ExecutionException(new IOException("down")), 0);
            assertThat(circuit.breaker.state()).isEqualTo(BreakerState.OPEN);
        }

        @Test
        void doesNotSeeThroughOtherWrappers() {
            circuit.breaker.acquire().complete(null, new UncheckedIOException(new IOException("down")), 0);
            assertThat(circuit.breaker.snapshot().counts().failures()).isZero();
        }

        @Test
        void countsAnExceptionThatIsASuccess() {
            circuit.breaker.acquire().complete(null, new IllegalStateException("not found"), 0);
            circuit.afterSeconds(1);
            assertThat(circuit.breaker.snapshot().counts().calls()).isOne();
            assertThat(circuit.breaker.snapshot().counts().failures()).isZero();
        }

        @Test
        void opensForAsLongAsTheFailureAsks() {
            circuit.breaker.acquire().complete(null, new IOException("down"), 0);
            assertThat(circuit.breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(90));
        }
    }
}
