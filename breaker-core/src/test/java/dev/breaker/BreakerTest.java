package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BreakerTest {

    private final IOException down = new IOException("down");
    private final LocalCircuit circuit = new LocalCircuit(fragile());
    private final Breaker breaker = circuit.breaker;

    @Nested
    class Call {

        @Test
        void returnsWhatTheBodyReturned() throws Exception {
            Object offer = new Object();
            assertThat(breaker.call(() -> offer)).isSameAs(offer);
            assertThat(breaker.<Object>call(() -> null)).isNull();
            assertThat(circuit.counts().calls()).isEqualTo(2);
        }

        @Test
        void throwsWhatTheBodyThrew() {
            for (Throwable thrown : List.of(down, new IllegalStateException(), new StackOverflowError())) {
                LocalCircuit fresh = new LocalCircuit(fragile());
                assertThat(catchThrowable(() -> fresh.breaker.call(() -> sneak(thrown))))
                        .isSameAs(thrown);
                assertThat(fresh.state()).isEqualTo(OPEN);
            }
        }

        @Test
        void doesNotInvokeTheBodyWhenOpen() {
            circuit.fails(1);
            AtomicInteger invocations = new AtomicInteger();
            assertThatThrownBy(() -> breaker.call(invocations::incrementAndGet))
                    .isInstanceOf(CallNotPermittedException.class);
            assertThat(invocations).hasValue(0);
        }

        @Test
        void keepsTheWrapperThatTheBodyThrew() {
            CompletionException wrapped = new CompletionException(new IllegalArgumentException());
            assertThat(catchThrowable(() -> breaker.call(() -> sneak(wrapped)))).isSameAs(wrapped);
        }
    }

    @Nested
    class Run {

        @Test
        void runsTheBodyOnceAndCountsIt() {
            AtomicInteger runs = new AtomicInteger();
            breaker.run(runs::incrementAndGet);
            assertThat(runs).hasValue(1);
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 0, 0, 0));
        }

        @Test
        void throwsWhatTheBodyThrew() {
            for (Throwable thrown : List.of(down, new IllegalStateException(), new NoClassDefFoundError())) {
                LocalCircuit fresh = new LocalCircuit(fragile());
                assertThat(catchThrowable(() -> fresh.breaker.run(() -> sneak(thrown))))
                        .isSameAs(thrown);
                assertThat(fresh.state()).isEqualTo(OPEN);
            }
        }

        @Test
        void doesNotRunTheBodyWhenOpen() {
            circuit.fails(1);
            AtomicInteger runs = new AtomicInteger();
            assertThatThrownBy(() -> breaker.run(runs::incrementAndGet)).isInstanceOf(CallNotPermittedException.class);
            assertThat(runs).hasValue(0);
        }
    }

    @Nested
    class CallAsync {

        @Test
        void countsTheCallWhenItsStageCompletes() {
            CompletableFuture<String> body = new CompletableFuture<>();
            CompletionStage<String> answer = breaker.callAsync(() -> body);
            assertThat(circuit.counts().calls()).isZero();
            body.complete("offer");
            assertThat(answer).isCompletedWithValue("offer");
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 0, 0, 0));
        }

        @Test
        void failsAsTheStageFails() {
            CompletionStage<String> answer = breaker.callAsync(() -> CompletableFuture.failedFuture(down));
            assertThat(cause(answer)).isSameAs(down);
            assertThat(circuit.state()).isEqualTo(OPEN);
        }

        @Test
        void mayYieldNull() {
            assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture(null)))
                    .isCompletedWithValue(null);
        }

        @Test
        void failsWithWhatTheBodyThrows() {
            for (Throwable thrown : List.of(down, new IllegalStateException(), new StackOverflowError())) {
                LocalCircuit fresh = new LocalCircuit(fragile());
                CompletionStage<String> answer = fresh.breaker.callAsync(() -> sneak(thrown));
                assertThat(cause(answer)).isSameAs(thrown);
                assertThat(fresh.state()).isEqualTo(OPEN);
            }
        }

        @Test
        void doesNotBlameThePartnerForABodyWithoutAStage() {
            CompletionStage<String> answer = breaker.callAsync(() -> null);
            assertThat(cause(answer)).isInstanceOf(NullPointerException.class);
            assertThat(circuit.counts().calls()).isZero();
        }

        @Test
        void doesNotInvokeTheBodyWhenOpen() {
            circuit.fails(1);
            AtomicInteger invocations = new AtomicInteger();
            CompletionStage<Integer> answer =
                    breaker.callAsync(() -> CompletableFuture.completedFuture(invocations.incrementAndGet()));
            assertThat(cause(answer)).isInstanceOf(CallNotPermittedException.class);
            assertThat(invocations).hasValue(0);
        }

        @Test
        void classifiesTheExceptionInsideItsWrappers() {
            List<Throwable> judged = new ArrayList<>();
            Breaker listening = new LocalCircuit(BreakerConfig.builder().classifier((result, thrown) -> {
                        judged.add(thrown);
                        return Outcome.IGNORED;
                    }))
                    .breaker;
            CompletableFuture<String> body = CompletableFuture.failedFuture(
                    new CompletionException(new ExecutionException(new CompletionException(down))));
            listening.callAsync(() -> body.thenApply(String::strip));
            assertThat(judged).containsExactly(down);
        }

        @Test
        void hasUpdatedTheCircuitWhenTheCallerSeesTheOutcome() {
            CompletableFuture<String> body = new CompletableFuture<>();
            List<BreakerState> seen = new ArrayList<>();
            breaker.callAsync(() -> body).whenComplete((offer, thrown) -> seen.add(circuit.state()));
            body.completeExceptionally(down);
            assertThat(seen).containsExactly(OPEN);
        }

        @Test
        void measuresUntilTheStageCompletes() {
            LocalCircuit timed =
                    new LocalCircuit(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(1)));
            CompletableFuture<String> body = new CompletableFuture<>();
            timed.breaker.callAsync(() -> body);
            timed.afterSeconds(2);
            body.complete("offer");
            assertThat(timed.counts().slow()).isEqualTo(1);
        }
    }

    @Nested
    class Cancellation {

        private final LocalCircuit due = new LocalCircuit(fragile().permittedNumberOfCallsInHalfOpenState(1))
                .fails(1)
                .afterSeconds(30);

        @Test
        void givesThePermitOfAProbeBack() {
            CompletionStage<String> answer = due.breaker.callAsync(CompletableFuture::new);
            assertThat(due.rejects()).isTrue();
            answer.toCompletableFuture().cancel(true);
            assertThat(due.state()).isEqualTo(HALF_OPEN);
            assertThat(due.rejects()).isFalse();
        }

        @Test
        void ofTheBodysOwnStageGivesThePermitBackToo() {
            CompletableFuture<String> body = new CompletableFuture<>();
            CompletionStage<String> answer = due.breaker.callAsync(() -> body);
            body.cancel(true);
            assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
            assertThat(due.state()).isEqualTo(HALF_OPEN);
            assertThat(due.rejects()).isFalse();
        }

        @Test
        void leavesOutWhatTheCallComesToLater() {
            CompletableFuture<String> body = new CompletableFuture<>();
            breaker.callAsync(() -> body).toCompletableFuture().cancel(true);
            body.completeExceptionally(down);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
        }

        @Test
        void afterCompletionChangesNothing() {
            CompletionStage<String> answer = breaker.callAsync(() -> CompletableFuture.completedFuture("offer"));
            assertThat(answer.toCompletableFuture().cancel(true)).isFalse();
            assertThat(circuit.counts()).isEqualTo(new BreakerSnapshot.Counts(1, 0, 0, 0));
        }
    }

    /** The rules that every test of a faulty classifier asks for: the caller and the permit lose nothing by it. */
    @Nested
    class FaultyClassifier {

        static Stream<OutcomeClassifier> classifiers() {
            return Stream.of(
                    (result, thrown) -> null,
                    (result, thrown) -> sneak(new IllegalStateException("a bug")),
                    (result, thrown) -> sneak(new AssertionError("a bug")),
                    (result, thrown) -> sneak(new NoClassDefFoundError("a bug")),
                    (result, thrown) -> sneak(new StackOverflowError("a bug")),
                    (result, thrown) -> sneak(new IOException("a bug")));
        }

        private LocalCircuit due(OutcomeClassifier classifier) {
            return new LocalCircuit(
                            fragile().permittedNumberOfCallsInHalfOpenState(1).classifier(classifier))
                    .fails(1)
                    .afterSeconds(30);
        }

        @ParameterizedTest
        @MethodSource("classifiers")
        void leavesTheResultToTheCaller(OutcomeClassifier classifier) throws Exception {
            LocalCircuit due = due(classifier);
            assertThat(due.breaker.call(() -> "offer")).isEqualTo("offer");
            assertThat(due.state()).isEqualTo(CLOSED);
        }

        @ParameterizedTest
        @MethodSource("classifiers")
        void leavesTheExceptionToTheCaller(OutcomeClassifier classifier) {
            LocalCircuit due = due(classifier);
            assertThat(catchThrowable(() -> due.breaker.call(() -> sneak(down))))
                    .isSameAs(down);
            assertThat(due.state()).isEqualTo(OPEN);
        }

        @ParameterizedTest
        @MethodSource("classifiers")
        void leavesTheResultToAnAsynchronousCaller(OutcomeClassifier classifier) {
            LocalCircuit due = due(classifier);
            assertThat(due.breaker.callAsync(() -> CompletableFuture.completedFuture("offer")))
                    .isCompletedWithValue("offer");
            assertThat(due.state()).isEqualTo(CLOSED);
        }

        @ParameterizedTest
        @MethodSource("classifiers")
        void mayFailToFindARetryAfter(OutcomeClassifier faulty) throws Exception {
            OutcomeClassifier classifier = new OutcomeClassifier() {
                @Override
                public Outcome classify(Object result, Throwable thrown) {
                    return OutcomeClassifier.standard().classify(result, thrown);
                }

                @Override
                public Duration retryAfter(Throwable failure) {
                    faulty.classify(null, failure);
                    return null;
                }
            };
            LocalCircuit closed = new LocalCircuit(fragile().classifier(classifier));
            assertThat(catchThrowable(() -> closed.breaker.call(() -> sneak(down))))
                    .isSameAs(down);
            assertThat(closed.state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class Results {

        @Test
        void mayBeFailures() throws Exception {
            LocalCircuit picky = new LocalCircuit(
                    fragile().classifier((result, thrown) -> "503".equals(result) ? Outcome.FAILURE : Outcome.SUCCESS));
            assertThat(picky.breaker.call(() -> "503")).isEqualTo("503");
            assertThat(picky.state()).isEqualTo(OPEN);
            assertThat(picky.breaker.rejection().lastFailure()).isEqualTo("result classified as failure");
        }
    }

    @Nested
    class Clock {

        private final AtomicInteger reads = new AtomicInteger();
        private final Thread caller = Thread.currentThread();

        private int readsOfTenCalls(BreakerConfig config) throws Exception {
            return reads(config, measured -> measured.call(() -> "offer"));
        }

        private interface Use {
            void once(Breaker breaker) throws Exception;
        }

        private int reads(BreakerConfig config, Use use) throws Exception {
            Ticker counting = () -> {
                if (Thread.currentThread() == caller) {
                    reads.incrementAndGet();
                }
                return 0;
            };
            try (BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(counting)
                    .configs(name -> config)
                    .build()) {
                Breaker measured = registry.breaker("partner");
                use.once(measured);
                reads.set(0);
                for (int i = 0; i < 10; i++) {
                    use.once(measured);
                }
                return reads.get();
            }
        }

        @Test
        void isNotReadForASuccessUnlessSlowCallsAreMeasured() throws Exception {
            assertThat(readsOfTenCalls(BreakerConfig.defaults())).isZero();
        }

        @Test
        void isNotReadToRejectACall() throws Exception {
            BreakerConfig fragile = LocalCircuit.fragile().build();
            assertThat(reads(fragile, measured -> {
                        Permit permit = measured.tryAcquire();
                        if (permit != null) {
                            permit.failure(new IllegalStateException("down"), 0);
                        }
                    }))
                    .isZero();
        }

        @Test
        void isReadTwicePerCallIfTheyAre() throws Exception {
            BreakerConfig timed = BreakerConfig.builder()
                    .slowCallDurationThreshold(Duration.ofSeconds(1))
                    .build();
            assertThat(readsOfTenCalls(timed)).isEqualTo(20);
        }
    }

    @Test
    void saysInWordsWhatItIs() {
        assertThat(breaker).hasToString("Breaker[partner CLOSED]");
    }

    private static Throwable cause(CompletionStage<?> stage) {
        return catchThrowable(() -> stage.toCompletableFuture().get()).getCause();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <R, T extends Throwable> R sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
