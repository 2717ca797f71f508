package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.test.util.AopTestUtils;

/** Methods that return a plain future. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class FutureCallTest {

    static class Partner {
        Object result = "hot";
        final FutureTask<Object> task = new FutureTask<>(this::run);
        final AtomicInteger fallbacks = new AtomicInteger();

        private Object run() throws Exception {
            if (result instanceof Exception thrown) {
                throw thrown;
            }
            return result;
        }

        @CircuitBreaker(name = "future", fallbackMethod = "cold")
        Future<Object> future() {
            return task;
        }

        private Future<Object> cold(IOException cause) {
            fallbacks.incrementAndGet();
            return CompletableFuture.completedFuture("cold " + cause.getMessage());
        }

        private Future<Object> cold(UnsupportedOperationException cause) {
            throw cause;
        }

        @CircuitBreaker(name = "strict")
        Future<Object> strict() {
            return task;
        }

        @CircuitBreaker(name = "bare")
        Future<Object> bare() {
            return task;
        }

        CompletableFuture<Object> stage = new CompletableFuture<>();

        @CircuitBreaker(name = "stage")
        Future<Object> stage() {
            return stage;
        }

        @CircuitBreaker(name = "nothing")
        Future<Object> nothing() {
            return null;
        }
    }

    private Circuits circuits;
    private Partner partner;
    private Partner target;

    @BeforeEach
    void start() {
        circuits = Circuits.around(Partner.class);
        partner = circuits.bean(Partner.class);
        target = AopTestUtils.getTargetObject(partner);
    }

    @AfterEach
    void stop() {
        circuits.close();
    }

    private void endWith(Object result) {
        target.result = result;
        target.task.run();
    }

    @Nested
    class CountsTheOutcome {

        @Test
        void notBeforeTheFutureIsDone() throws Exception {
            Future<Object> future = partner.future();
            assertThat(future.isDone()).isFalse();
            assertThat(circuits.counts("future").calls()).isZero();
            endWith("hot");
            assertThat(future.get()).isEqualTo("hot");
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
        }

        @Test
        void once() throws Exception {
            Future<Object> future = partner.future();
            endWith("hot");
            assertThat(future.isDone()).isTrue();
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
            assertThat(future.get()).isEqualTo("hot");
            assertThat(future.get(1, TimeUnit.SECONDS)).isEqualTo("hot");
            assertThat(future.cancel(true)).isFalse();
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
        }

        @Test
        void asFailureWithTheSameException() {
            IllegalStateException thrown = new IllegalStateException("down");
            Future<Object> future = partner.bare();
            endWith(thrown);
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(future::get)
                    .havingCause()
                    .isSameAs(thrown);
            assertThat(circuits.counts("bare").failures()).isEqualTo(1);
        }

        @Test
        void laterIfTheCallerGivesUpWaiting() {
            Future<Object> future = partner.future();
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(1, TimeUnit.NANOSECONDS));
            assertThat(circuits.counts("future").calls()).isZero();
            endWith("hot");
            assertThat(future.isDone()).isTrue();
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
        }

        @Test
        void evenInAnInterruptedThread() {
            Future<Object> future = partner.future();
            endWith("hot");
            Thread.currentThread().interrupt();
            assertThat(future.isDone()).isTrue();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(circuits.counts("future").failures()).isZero();
            assertThat(circuits.counts("future").calls()).isEqualTo(1);
        }

        @Test
        void atOnceIfTheFutureIsAStage() {
            Future<Object> future = partner.stage();
            target.stage.complete("hot");
            assertThat(circuits.counts("stage").calls()).isEqualTo(1);
            assertThat(future).isInstanceOf(CompletableFuture.class).isDone();
        }

        @Test
        void asSuccessIfThereIsNoFuture() {
            assertThat(partner.nothing()).isNull();
            assertThat(circuits.counts("nothing").calls()).isEqualTo(1);
        }
    }

    @Nested
    class Cancelled {

        @Test
        void givesTheProbeBack() {
            circuits.awaitProbe("future");
            Future<Object> probe = partner.future();
            assertThat(partner.bare()).isNotNull();
            assertThat(probe.cancel(true)).isTrue();
            assertThat(probe.isCancelled()).isTrue();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(probe::get);
            assertThat(circuits.counts("future").calls()).isZero();
            assertThat(circuits.breaker("future").tryAcquire()).isNotNull();
        }

        @Test
        void byThePartnerIsAFailureWhereItIsRecorded() {
            Future<Object> future = partner.strict();
            target.task.cancel(true);
            assertThat(future.isDone()).isTrue();
            assertThat(circuits.counts("strict").failures()).isOne();
        }

        @Test
        void byTheCallerIsIgnoredEvenThen() {
            assertThat(partner.strict().cancel(true)).isTrue();
            assertThat(circuits.counts("strict").calls()).isZero();
        }

        @Test
        void byThePartnerIsIgnored() {
            Future<Object> future = partner.future();
            target.task.cancel(true);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(future::get);
            assertThat(circuits.counts("future").calls()).isZero();
        }
    }

    @Test
    void aProbeThatNobodyLooksAtLosesItsPermitWithItsLease() {
        circuits.awaitProbe("future");
        Future<Object> forgotten = partner.future();
        assertThat(circuits.breaker("future").state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(circuits.breaker("future").tryAcquire()).isNull();
        circuits.ticker.advance(Circuits.CONFIG.probeLease().plus(Duration.ofSeconds(1)));
        assertThat(circuits.breaker("future").tryAcquire()).isNotNull();
        assertThat(forgotten.isDone()).isFalse();
    }

    @Nested
    class Rejected {

        @Test
        void failsTheFuture() {
            circuits.open("bare");
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(partner.bare()::get)
                    .withCauseInstanceOf(CallNotPermittedException.class);
        }
    }

    @Nested
    class Failed {

        @Test
        void isAnsweredByTheFallbackOnce() throws Exception {
            Future<Object> future = partner.future();
            endWith(new IOException("down"));
            assertThat(future.isDone()).isTrue();
            assertThat(target.fallbacks).hasValue(0);
            assertThat(future.get()).isEqualTo("cold down");
            assertThat(future.get(1, TimeUnit.SECONDS)).isEqualTo("cold down");
            assertThat(target.fallbacks).hasValue(1);
            assertThat(circuits.counts("future").failures()).isEqualTo(1);
            assertThat(circuits.breaker("future").totals().fallbacks()).isEqualTo(1);
        }

        @Test
        void failsWithWhatTheFallbackThrows() {
            UnsupportedOperationException thrown = new UnsupportedOperationException();
            Future<Object> future = partner.future();
            endWith(thrown);
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(future::get)
                    .havingCause()
                    .isSameAs(thrown);
        }

        @Test
        void hasNoFallbackIfNoneTakesTheException() {
            Future<Object> future = partner.future();
            endWith(new IllegalStateException("down"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(future::get)
                    .withCauseInstanceOf(IllegalStateException.class);
        }
    }
}
