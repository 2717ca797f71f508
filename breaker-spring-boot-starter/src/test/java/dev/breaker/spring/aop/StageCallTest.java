package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.InMemoryStore;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.test.util.AopTestUtils;
import reactor.core.scheduler.Schedulers;

/** Methods that return a stage. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class StageCallTest {

    static class Partner {
        final AtomicInteger calls = new AtomicInteger();
        CompletableFuture<String> answer = new CompletableFuture<>();

        @Nullable
        Thread thread;

        @Nullable
        ClassLoader classes;

        @CircuitBreaker(name = "future")
        CompletableFuture<String> future() {
            calls.incrementAndGet();
            thread = Thread.currentThread();
            classes = thread.getContextClassLoader();
            return answer;
        }

        @CircuitBreaker(name = "strict")
        CompletionStage<String> strict() {
            return answer;
        }

        @CircuitBreaker(name = "stage", fallbackMethod = "cold")
        CompletionStage<String> stage() {
            calls.incrementAndGet();
            return answer;
        }

        private CompletableFuture<String> cold(IOException cause) {
            return CompletableFuture.completedFuture("cold " + cause.getMessage());
        }

        private CompletableFuture<String> cold(CallNotPermittedException rejection) {
            return CompletableFuture.completedFuture("rejected");
        }

        private CompletableFuture<String> cold() {
            return CompletableFuture.failedFuture(new IOException("cold, too"));
        }

        private CompletableFuture<String> cold(UnsupportedOperationException cause) {
            throw cause;
        }

        @CircuitBreaker(name = "throwing")
        CompletableFuture<String> throwing() {
            throw new IllegalStateException("down");
        }

        @CircuitBreaker(name = "nothing")
        CompletableFuture<String> nothing() {
            return null;
        }
    }

    private Circuits circuits;
    private Partner partner;
    private Partner target;

    @BeforeEach
    void start() {
        start(Circuits.around(Partner.class));
    }

    private void start(Circuits started) {
        circuits = started;
        partner = circuits.bean(Partner.class);
        target = AopTestUtils.getTargetObject(partner);
    }

    @AfterEach
    void stop() {
        circuits.close();
    }

    @Nested
    class CountsTheOutcome {

        @Test
        void whenTheStageCompletes() {
            CompletableFuture<String> future = partner.future();
            assertThat(circuits.counts("future").calls()).isZero();
            target.answer.complete("hot");
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
            assertThat(future).isCompletedWithValue("hot");
        }

        @Test
        void beforeTheCallerLearnsOfIt() {
            AtomicReference<Long> counted = new AtomicReference<>();
            CompletableFuture<Void> watched = partner.future()
                    .thenAccept(result -> counted.set(circuits.counts("future").calls()));
            target.answer.complete("hot");
            assertThat(watched).isCompleted();
            assertThat(counted).hasValue(1L);
        }

        @Test
        void asFailureWithTheSameException() {
            CompletableFuture<String> future = partner.future();
            IllegalStateException thrown = new IllegalStateException("down");
            AtomicReference<Throwable> seen = new AtomicReference<>();
            CompletableFuture<String> watched = future.whenComplete((result, cause) -> seen.set(cause));
            target.answer.completeExceptionally(thrown);
            assertThat(seen).hasValue(thrown);
            assertThat(circuits.counts("future").failures()).isEqualTo(1);
        }

        @Test
        void withoutTheExceptionAroundTheCause() {
            CompletableFuture<String> future = partner.future();
            target.answer.completeExceptionally(new CompletionException(new IllegalArgumentException("business")));
            assertThat(future).isCompletedExceptionally();
            assertThat(circuits.counts("future").calls()).isZero();
        }

        @Test
        void ofABodyThatThrows() {
            assertThatIllegalStateException().isThrownBy(partner::throwing).withMessage("down");
            assertThat(circuits.counts("throwing").failures()).isEqualTo(1);
        }

        @Test
        void asSuccessIfThereIsNoStage() {
            assertThat(partner.nothing()).isNull();
            assertThat(circuits.counts("nothing").calls()).isEqualTo(1);
            assertThat(circuits.counts("nothing").failures()).isZero();
        }
    }

    @Nested
    class Cancelled {

        @Test
        void byTheCallerGivesTheProbeBackAndCancelsTheCall() {
            circuits.awaitProbe("future");
            CompletableFuture<String> probe = partner.future();
            assertThat(partner.future()).isCompletedExceptionally();
            assertThat(probe.cancel(true)).isTrue();
            assertThat(target.answer).isCancelled();
            assertThat(circuits.counts("future").calls()).isZero();
            target.answer = CompletableFuture.completedFuture("hot");
            assertThat(partner.future()).isCompletedWithValue("hot");
            assertThat(circuits.breaker("future").state()).isEqualTo(BreakerState.CLOSED);
        }

        @Test
        void byThePartnerIsIgnored() {
            CompletableFuture<String> future = partner.future();
            target.answer.cancel(true);
            assertThat(future).isCancelled();
            assertThat(circuits.counts("future").calls()).isZero();
        }

        @Test
        void byThePartnerIsAFailureWhereItIsRecorded() {
            CompletionStage<String> stage = partner.strict();
            target.answer.cancel(true);
            assertThat(stage.toCompletableFuture()).isCancelled();
            assertThat(circuits.counts("strict").failures()).isOne();
        }

        @Test
        void byTheCallerIsIgnoredEvenThen() {
            assertThat(partner.strict().toCompletableFuture().cancel(true)).isTrue();
            assertThat(circuits.counts("strict").calls()).isZero();
        }

        @Test
        void hasNoFallback() {
            CompletableFuture<String> future = partner.stage().toCompletableFuture();
            future.cancel(true);
            assertThat(future).isCancelled();
            assertThat(circuits.counts("stage").calls()).isZero();
        }
    }

    @Nested
    class Rejected {

        @Test
        void failsTheStageAndLeavesTheBodyAlone() {
            circuits.open("future");
            assertThat(partner.future())
                    .failsWithin(0, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(CallNotPermittedException.class);
            assertThat(target.calls).hasValue(0);
        }

        @Test
        void isAnsweredByTheFallback() {
            circuits.open("stage");
            assertThat(partner.stage()).isCompletedWithValue("rejected");
            assertThat(target.calls).hasValue(0);
        }
    }

    @Nested
    class Failed {

        private Throwable cause(CompletionStage<String> stage) {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            CompletionStage<String> watched = stage.whenComplete((result, thrown) -> seen.set(thrown));
            return seen.get();
        }

        @Test
        void isAnsweredByTheFallbackForTheCause() {
            CompletionStage<String> stage = partner.stage();
            target.answer.completeExceptionally(new CompletionException(new IOException("down")));
            assertThat(stage).isCompletedWithValue("cold down");
            assertThat(circuits.counts("stage").failures()).isEqualTo(1);
            assertThat(circuits.breaker("stage").totals().fallbacks()).isEqualTo(1);
        }

        @Test
        void failsWithWhatTheFallbackThrows() {
            CompletionStage<String> stage = partner.stage();
            UnsupportedOperationException thrown = new UnsupportedOperationException();
            target.answer.completeExceptionally(thrown);
            assertThat(cause(stage)).isSameAs(thrown);
        }

        @Test
        void failsAsTheFallbacksStage() {
            CompletionStage<String> stage = partner.stage();
            target.answer.complete("bad");
            assertThat(cause(stage)).isInstanceOf(IOException.class).hasMessage("cold, too");
            assertThat(circuits.counts("stage").failures()).isEqualTo(1);
        }

        @Test
        void hasNoFallbackIfTheExceptionIsIgnored() {
            CompletionStage<String> stage = partner.stage();
            IllegalArgumentException business = new IllegalArgumentException();
            target.answer.completeExceptionally(business);
            assertThat(cause(stage)).isSameAs(business);
            assertThat(circuits.counts("stage").calls()).isZero();
        }
    }

    /** Asking the store for a probe's permit takes as long as the test wants. */
    @Nested
    class AwaitingAPermit {

        private final InMemoryStore store = new InMemoryStore(() -> circuits.ticker.read());
        private final CompletableFuture<Void> reply = new CompletableFuture<>();
        private final CompletableFuture<Object> completedProbe = new CompletableFuture<>();

        private SharedStore slow() {
            return (SharedStore) Proxy.newProxyInstance(
                    SharedStore.class.getClassLoader(), new Class<?>[] {SharedStore.class}, (proxy, method, args) -> {
                        Object result = method.invoke(store, args);
                        if (method.getName().equals("complete")) {
                            completedProbe.complete(args[args.length - 1]);
                        }
                        return method.getName().equals("permit")
                                ? reply.thenCompose(now -> (CompletionStage<?>) result)
                                : result;
                    });
        }

        @BeforeEach
        void share() {
            circuits.close();
            start(Circuits.sharedThrough(slow(), Partner.class));
            circuits.awaitProbe("future");
            assertThat(circuits.breaker("future").state()).isNotEqualTo(BreakerState.CLOSED);
        }

        @Test
        void makesTheCallInTheCallersThreadAsEver() {
            CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS).execute(() -> reply.complete(null));
            target.answer.complete("hot");
            assertThat(partner.future()).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("hot");
            assertThat(target.thread).isSameAs(Thread.currentThread());
        }

        @Test
        void doesNotHoldAnEventLoopAndMakesTheCallElsewhere() throws Exception {
            CompletableFuture<String> future = onEventLoop(partner::future);
            assertThat(target.calls).hasValue(0);
            assertThat(future).isNotDone();
            reply.complete(null);
            target.answer.complete("hot");
            assertThat(future.get(10, TimeUnit.SECONDS)).isEqualTo("hot");
            assertThat(target.calls).hasValue(1);
            assertThat(target.thread).isNotSameAs(Thread.currentThread());
            assertThat(target.classes).isSameAs(Thread.currentThread().getContextClassLoader());
        }

        private CompletableFuture<String> onEventLoop(Supplier<CompletableFuture<String>> call) throws Exception {
            CompletableFuture<CompletableFuture<String>> returned = new CompletableFuture<>();
            Schedulers.parallel().schedule(() -> returned.complete(call.get()));
            return returned.get(10, TimeUnit.SECONDS);
        }

        @Test
        void givesTheProbeBackIfItIsCancelledMeanwhile() throws Exception {
            CompletableFuture<String> future = onEventLoop(partner::future);
            assertThat(future.cancel(true)).isTrue();
            reply.complete(null);
            assertThat(completedProbe.get(10, TimeUnit.SECONDS)).isEqualTo(ProbeOutcome.RETURNED);
            assertThat(target.calls).hasValue(0);
        }
    }

    @Test
    void endsThoughTheCausesOfItsFailureGoRoundInACircle() {
        @SuppressWarnings("serial")
        class Circle extends CompletionException {
            @Override
            public Throwable getCause() {
                return this;
            }
        }
        CompletableFuture<String> future = partner.future();
        target.answer.completeExceptionally(new Circle());
        assertThat(future).isCompletedExceptionally();
        assertThat(circuits.counts("future").failures()).isOne();
    }

    @Test
    void aCancelledCallIsNotAnsweredByAFallbackForAllFailures() {
        CompletionStage<String> stage = partner.stage();
        target.answer.cancel(true);
        assertThat(stage.toCompletableFuture()).isCancelled();
        assertThat(stage).failsWithin(0, TimeUnit.SECONDS).withThrowableOfType(CancellationException.class);
    }
}
