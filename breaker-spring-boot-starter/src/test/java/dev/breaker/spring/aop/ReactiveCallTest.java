package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.test.util.AopTestUtils;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Methods that return a reactive type. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class ReactiveCallTest {

    interface Typed<T> {
        @CircuitBreaker(name = "typed")
        T typed();
    }

    static class Bound implements Typed<Mono<String>> {
        @Override
        public Mono<String> typed() {
            return Mono.error(new IllegalStateException("down"));
        }
    }

    static class Partner {
        final AtomicInteger calls = new AtomicInteger();
        Mono<String> one = Mono.just("hot");
        Flux<String> many = Flux.just("hot", "hotter");
        RuntimeException thrown = new IllegalStateException("down");

        @CircuitBreaker(name = "mono")
        Mono<String> mono() {
            calls.incrementAndGet();
            return one;
        }

        @CircuitBreaker(name = "flux")
        Flux<String> flux() {
            calls.incrementAndGet();
            return many;
        }

        @CircuitBreaker(name = "warm mono", fallbackMethod = "cold")
        Mono<String> warmMono(String customer) {
            calls.incrementAndGet();
            return one;
        }

        private Mono<String> cold(String customer, IOException cause) {
            return Mono.just("cold " + customer + " " + cause.getMessage());
        }

        private Mono<String> cold(String customer, UnsupportedOperationException cause) {
            throw cause;
        }

        private Mono<String> cold(String customer, ArithmeticException cause) {
            return null;
        }

        private Mono<String> cold(String customer) {
            return Mono.just("cold " + customer);
        }

        @CircuitBreaker(name = "warm flux", fallbackMethod = "colds")
        Flux<String> warmFlux() {
            calls.incrementAndGet();
            return many;
        }

        private Flux<String> colds() {
            return Flux.just("cold", "colder", "coldest");
        }

        @CircuitBreaker(name = "timed")
        Flux<String> timed() {
            return many;
        }

        @CircuitBreaker(name = "throwing")
        Mono<String> throwing() {
            throw thrown;
        }

        @CircuitBreaker(name = "warm throwing", fallbackMethod = "coldThrown")
        Mono<String> warmThrowing() {
            throw thrown;
        }

        private Mono<String> coldThrown(IllegalStateException cause) {
            return Mono.just("cold " + cause.getMessage());
        }

        @CircuitBreaker(name = "nothing", fallbackMethod = "coldNothing")
        Mono<String> nothing(String customer) {
            return null;
        }

        private Mono<String> coldNothing(String customer) {
            return Mono.just("cold");
        }
    }

    private final Tally tally = new Tally();
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
        circuits.registry.addListener(tally);
    }

    @AfterEach
    void stop() {
        circuits.close();
    }

    @Test
    void countsNoFailureForWhatASubscriberThrows() {
        target.many = Flux.range(1, 3).map(String::valueOf);
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.flux().subscribe(element -> {
                    throw new NoClassDefFoundError("the subscriber's");
                }));
        assertThat(circuits.counts("flux").failures()).isZero();
        assertThat(circuits.counts("flux").calls()).isOne();
    }

    @Test
    void asksTheRulesAboutAnErrorThatReactorThrows() {
        target.one = Mono.fromCallable(() -> {
            throw new NoClassDefFoundError("none of the partner's business");
        });
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.mono().block());
        assertThat(circuits.counts("mono").calls()).isZero();
    }

    @Test
    void countsAnErrorThatReactorThrowsInsteadOfSignallingIt() {
        target.one = Mono.fromCallable(() -> {
            throw new NoClassDefFoundError("gone");
        });
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.mono().block());
        assertThat(circuits.counts("mono").failures()).isOne();
        target.many = Flux.<String>generate(sink -> {
            throw new NoClassDefFoundError("gone");
        });
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.flux().blockLast());
        assertThat(circuits.counts("flux").failures()).isOne();
    }

    @Nested
    class EachSubscription {

        @Test
        void isOneCallAndAssemblyIsNone() {
            Mono<String> mono = partner.mono();
            assertThat(target.calls).hasValue(0);
            StepVerifier.create(mono).expectNext("hot").verifyComplete();
            StepVerifier.create(mono).expectNext("hot").verifyComplete();
            assertThat(target.calls).hasValue(2);
            assertThat(circuits.counts("mono").calls()).isEqualTo(2);
        }

        @Test
        void ofARetryAsksForAPermitOfItsOwn() {
            target.one = Mono.error(new IllegalStateException("down"));
            StepVerifier.create(partner.mono().retry(5)).verifyError(CallNotPermittedException.class);
            assertThat(target.calls).hasValue(2);
            assertThat(circuits.breaker("mono").state()).isEqualTo(BreakerState.OPEN);
        }

        @Test
        void ofARepeatIsCounted() {
            StepVerifier.create(partner.flux().repeat(2)).expectNextCount(6).verifyComplete();
            assertThat(circuits.counts("flux").calls()).isEqualTo(3);
        }

        @Test
        @SuppressWarnings("unchecked")
        void ofAMethodWhoseTypeTheClassBindsIsCounted() {
            try (Circuits bound = Circuits.around(Bound.class)) {
                Typed<Mono<String>> typed = bound.bean(Typed.class);
                StepVerifier.create(typed.typed()).verifyError(IllegalStateException.class);
                assertThat(bound.counts("typed").failures()).isEqualTo(1);
            }
        }

        @Test
        void proceedsThroughTheOtherAdvice() {
            AtomicInteger passed = new AtomicInteger();
            try (Circuits advised = Circuits.with(context -> context.registerBean(Partner.class, () -> {
                ProxyFactory factory = new ProxyFactory(new Partner());
                factory.setProxyTargetClass(true);
                factory.addAdvice((MethodInterceptor) invocation -> {
                    passed.incrementAndGet();
                    return invocation.proceed();
                });
                return (Partner) factory.getProxy();
            }))) {
                Mono<String> mono = advised.bean(Partner.class).mono();
                StepVerifier.create(mono.repeat(2)).expectNextCount(3).verifyComplete();
                assertThat(passed).hasValue(3);
                assertThat(advised.counts("mono").calls()).isEqualTo(3);
            }
        }

        @Test
        void isTimedFromItsBeginningToItsEnd() {
            TestPublisher<String> source = TestPublisher.create();
            target.many = source.flux();
            Flux<String> timed = partner.timed();
            circuits.ticker.advance(Duration.ofSeconds(2));
            StepVerifier.create(timed).then(source::complete).verifyComplete();
            assertThat(circuits.counts("timed").slow()).isZero();
            TestPublisher<String> slow = TestPublisher.create();
            target.many = slow.flux();
            StepVerifier.create(timed)
                    .then(() -> circuits.ticker.advance(Duration.ofSeconds(2)))
                    .then(slow::complete)
                    .verifyComplete();
            assertThat(circuits.counts("timed").slow()).isEqualTo(1);
        }

        @Test
        void seesTheContextOfItsSubscriber() {
            target.one = Mono.deferContextual(context -> Mono.just(context.get("tenant")));
            StepVerifier.create(partner.mono().contextWrite(context -> context.put("tenant", "A")))
                    .expectNext("A")
                    .verifyComplete();
        }

        @Test
        void asksForNoMoreThanItsSubscriber() {
            TestPublisher<String> source = TestPublisher.create();
            target.many = source.flux();
            StepVerifier.create(partner.flux(), 1)
                    .then(() -> source.next("hot"))
                    .expectNext("hot")
                    .then(() -> source.assertMaxRequested(0))
                    .thenRequest(1)
                    .then(() -> source.next("hotter").complete())
                    .expectNext("hotter")
                    .verifyComplete();
        }
    }

    @Nested
    class AMono {

        @Test
        void isASuccessBeforeItsSubscriberLearnsOfTheValue() {
            AtomicReference<Long> counted = new AtomicReference<>();
            StepVerifier.create(partner.mono()
                            .doOnNext(
                                    value -> counted.set(circuits.counts("mono").calls())))
                    .expectNext("hot")
                    .verifyComplete();
            assertThat(counted).hasValue(1L);
        }

        @Test
        void isASuccessIfItIsEmpty() {
            target.one = Mono.empty();
            StepVerifier.create(partner.mono()).verifyComplete();
            assertThat(circuits.counts("mono").calls()).isEqualTo(1);
            assertThat(circuits.counts("mono").failures()).isZero();
        }

        @Test
        void isAFailureIfItFails() {
            IllegalStateException thrown = new IllegalStateException("down");
            target.one = Mono.error(thrown);
            StepVerifier.create(partner.mono())
                    .verifyErrorSatisfies(seen -> assertThat(seen).isSameAs(thrown));
            assertThat(circuits.counts("mono").failures()).isEqualTo(1);
        }

        @Test
        void isAFailureIfItsValueIsClassifiedSo() {
            target.one = Mono.just("bad");
            StepVerifier.create(partner.mono()).expectNext("bad").verifyComplete();
            assertThat(circuits.counts("mono").failures()).isEqualTo(1);
        }

        @Test
        void isNotCountedIfItsErrorIsIgnored() {
            target.one = Mono.error(new IllegalArgumentException("business"));
            StepVerifier.create(partner.mono()).verifyError(IllegalArgumentException.class);
            assertThat(circuits.counts("mono").calls()).isZero();
            assertThat(tally.ignored).hasValue(1);
        }

        @Test
        void isNotCancelledAfterItsValue() {
            AtomicReference<SignalType> end = new AtomicReference<>();
            target.one = Mono.just("hot").hide().doFinally(end::set);
            StepVerifier.create(partner.mono()).expectNext("hot").verifyComplete();
            assertThat(end).hasValue(SignalType.ON_COMPLETE);
        }

        @Test
        void isCountedOnceIfItFailsAfterItsValue() {
            TestPublisher<String> source =
                    TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
            target.one = Mono.fromDirect(source);
            StepVerifier.create(partner.mono())
                    .then(() -> source.next("hot").error(new IOException("late")))
                    .expectNext("hot")
                    .verifyError(IOException.class);
            assertThat(tally.successes).hasValue(1);
            assertThat(tally.all()).isEqualTo(1);
        }
    }

    @Nested
    class AFlux {

        @Test
        void isCountedWhenItIsOver() {
            TestPublisher<String> source = TestPublisher.create();
            target.many = source.flux();
            StepVerifier.create(partner.flux())
                    .then(() -> source.next("hot", "bad"))
                    .expectNext("hot", "bad")
                    .then(() -> assertThat(circuits.counts("flux").calls()).isZero())
                    .then(source::complete)
                    .verifyComplete();
            assertThat(circuits.counts("flux").calls()).isEqualTo(1);
            assertThat(circuits.counts("flux").failures()).isZero();
        }

        @Test
        void isAFailureIfItFailsAfterSomeElements() {
            target.many = Flux.just("hot").concatWith(Mono.error(new IllegalStateException("down")));
            StepVerifier.create(partner.flux()).expectNext("hot").verifyError(IllegalStateException.class);
            assertThat(circuits.counts("flux").failures()).isEqualTo(1);
            assertThat(tally.all()).isEqualTo(1);
        }
    }

    @Nested
    class Cancelled {

        @Test
        void beforeTheFirstSignalGivesTheProbeBackAndCancelsTheSource() {
            circuits.awaitProbe("mono");
            tally.failures.set(0);
            Sinks.One<String> source = Sinks.one();
            target.one = source.asMono();
            Disposable probe = partner.mono().subscribe();
            StepVerifier.create(partner.mono()).verifyError(CallNotPermittedException.class);
            probe.dispose();
            assertThat(source.currentSubscriberCount()).isZero();
            assertThat(tally.ignored).hasValue(1);
            target.one = Mono.just("hot");
            StepVerifier.create(partner.mono()).expectNext("hot").verifyComplete();
            assertThat(circuits.breaker("mono").state()).isEqualTo(BreakerState.CLOSED);
            assertThat(tally.all()).isEqualTo(2);
        }

        @Test
        void byATimeoutOutsideOfTheMethodIsNoFailure() {
            target.one = Mono.never();
            StepVerifier.create(partner.mono().timeout(Duration.ofMillis(1))).verifyError(TimeoutException.class);
            assertThat(circuits.counts("mono").calls()).isZero();
            assertThat(tally.ignored).hasValue(1);
        }

        @Test
        void byATimeoutInsideOfTheMethodIsAFailure() {
            target.one = Mono.<String>never().timeout(Duration.ofMillis(1));
            StepVerifier.create(partner.mono()).verifyError(TimeoutException.class);
            assertThat(circuits.counts("mono").failures()).isEqualTo(1);
        }

        @Test
        void aFluxBeforeItsFirstElementIsNotCounted() {
            target.many = Flux.never();
            partner.flux().subscribe().dispose();
            assertThat(tally.ignored).hasValue(1);
            assertThat(tally.all()).isEqualTo(1);
        }

        @Test
        void aFluxAfterItsFirstElementIsASuccess() {
            StepVerifier.create(partner.flux().take(1)).expectNext("hot").verifyComplete();
            assertThat(tally.successes).hasValue(1);
            assertThat(tally.all()).isEqualTo(1);
        }

        @Test
        void afterTheEndChangesNothing() {
            AtomicReference<Subscription> subscription = new AtomicReference<>();
            partner.flux()
                    .doOnSubscribe(subscription::set)
                    .subscribe(
                            value -> {}, thrown -> {}, () -> subscription.get().cancel());
            assertThat(tally.all()).isEqualTo(1);
        }
    }

    @Nested
    class Rejected {

        @Test
        void failsAndLeavesTheBodyAlone() {
            circuits.open("mono");
            circuits.open("flux");
            StepVerifier.create(partner.mono()).verifyError(CallNotPermittedException.class);
            StepVerifier.create(partner.flux()).verifyError(CallNotPermittedException.class);
            assertThat(target.calls).hasValue(0);
        }

        @Test
        void isAnsweredByTheFallbackWithTheSameArguments() {
            circuits.open("warm mono");
            StepVerifier.create(partner.warmMono("Ada")).expectNext("cold Ada").verifyComplete();
            assertThat(target.calls).hasValue(0);
        }

        @Test
        void isDecidedBySubscription() {
            Mono<String> mono = partner.warmMono("Ada");
            circuits.open("warm mono");
            StepVerifier.create(mono).expectNext("cold Ada").verifyComplete();
            circuits.breaker("warm mono").release("test", "test");
            StepVerifier.create(mono).expectNext("hot").verifyComplete();
        }
    }

    @Nested
    class Failed {

        @Test
        void isAnsweredByTheFallbackForTheCause() {
            target.one = Mono.error(new IOException("down"));
            StepVerifier.create(partner.warmMono("Ada"))
                    .expectNext("cold Ada down")
                    .verifyComplete();
            assertThat(circuits.counts("warm mono").failures()).isEqualTo(1);
        }

        @Test
        void isAnsweredForTheCauseInsideOfReactorsWrapper() {
            target.one = Mono.<String>error(Exceptions.propagate(new IOException("down")))
                    .hide();
            StepVerifier.create(partner.warmMono("Ada"))
                    .expectNext("cold Ada down")
                    .verifyComplete();
        }

        @Test
        void failsWithWhatTheFallbackThrows() {
            UnsupportedOperationException thrown = new UnsupportedOperationException();
            target.one = Mono.error(thrown);
            StepVerifier.create(partner.warmMono("Ada"))
                    .verifyErrorSatisfies(seen -> assertThat(seen).isSameAs(thrown));
        }

        @Test
        void failsIfTheFallbackReturnsNothing() {
            target.one = Mono.error(new ArithmeticException());
            StepVerifier.create(partner.warmMono("Ada"))
                    .verifyErrorSatisfies(seen -> assertThat(seen)
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("The fallback of " + Partner.class.getName()
                                    + ".warmMono(String) returned null in place of Mono<String>."));
        }

        @Test
        void byItsValueIsAnsweredInPlaceOfTheValue() {
            target.one = Mono.just("bad");
            StepVerifier.create(partner.warmMono("Ada")).expectNext("cold Ada").verifyComplete();
            assertThat(circuits.counts("warm mono").failures()).isEqualTo(1);
            assertThat(tally.all()).isEqualTo(1);
        }

        @Test
        void hasNoFallbackIfTheExceptionIsIgnored() {
            IllegalArgumentException business = new IllegalArgumentException();
            target.one = Mono.error(business);
            StepVerifier.create(partner.warmMono("Ada"))
                    .verifyErrorSatisfies(seen -> assertThat(seen).isSameAs(business));
        }

        @Test
        void goesOnWithTheFallbackAfterTheElementsSoFarAsDemanded() {
            target.many = Flux.just("hot").concatWith(Mono.error(new IllegalStateException("down")));
            StepVerifier.create(partner.warmFlux(), 2)
                    .expectNext("hot", "cold")
                    .thenRequest(1)
                    .expectNext("colder")
                    .thenRequest(Long.MAX_VALUE)
                    .expectNext("coldest")
                    .verifyComplete();
        }

        @Test
        void byThrowingInTheBodyIsAnErrorSignal() {
            Mono<String> mono = partner.throwing();
            StepVerifier.create(mono)
                    .verifyErrorSatisfies(seen -> assertThat(seen).isSameAs(target.thrown));
            assertThat(circuits.counts("throwing").failures()).isEqualTo(1);
        }

        @Test
        void byThrowingInTheBodyIsAnsweredByTheFallback() {
            StepVerifier.create(partner.warmThrowing()).expectNext("cold down").verifyComplete();
            assertThat(circuits.counts("warm throwing").failures()).isEqualTo(1);
        }

        @Test
        void byThrowingWhenSubscribedToIsCounted() {
            target.many = Flux.from(subscriber -> {
                throw new IllegalStateException("down");
            });
            StepVerifier.create(partner.flux()).verifyError(IllegalStateException.class);
            assertThat(circuits.counts("flux").failures()).isEqualTo(1);
        }
    }

    @Test
    void aMethodThatReturnsNothingGivesTheProbeBackAndFails() {
        circuits.awaitProbe("nothing");
        tally.failures.set(0);
        StepVerifier.create(partner.nothing("Ada"))
                .verifyErrorSatisfies(seen -> assertThat(seen)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(
                                Partner.class.getName() + ".nothing(String) returned null in place of Mono<String>."));
        assertThat(tally.ignored).hasValue(1);
        assertThat(tally.all()).isEqualTo(1);
        assertThat(circuits.breaker("nothing").tryAcquire()).isNotNull();
    }

    /** Asking the store for a probe's permit takes as long as the test wants. */
    @Nested
    class AwaitingAPermit {

        private final LatePermits permits = new LatePermits(() -> circuits.ticker.read());
        private final Scheduler loop = Schedulers.newParallel("loop", 1);

        @BeforeEach
        void share() {
            circuits.close();
            start(Circuits.sharedThrough(permits.store(), Partner.class));
            circuits.awaitProbe("mono");
            circuits.awaitProbe("flux");
        }

        @AfterEach
        void dispose() {
            loop.dispose();
        }

        @Test
        void leavesTheEventLoopFree() throws Exception {
            CountDownLatch subscribed = new CountDownLatch(1);
            StepVerifier verifier = StepVerifier.create(partner.mono().subscribeOn(loop))
                    .expectNext("hot")
                    .expectComplete()
                    .verifyLater();
            loop.schedule(subscribed::countDown);
            assertThat(subscribed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(target.calls).hasValue(0);
            permits.reply.complete(null);
            verifier.verify(Duration.ofSeconds(10));
            assertThat(permits.completedProbe.get(10, TimeUnit.SECONDS)).isEqualTo(ProbeOutcome.SUCCESS);
        }

        @Test
        void failsWithAnErrorThatReactorThrowsElsewhere() {
            target.one = Mono.fromCallable(() -> {
                throw new NoClassDefFoundError("gone");
            });
            StepVerifier.create(partner.mono())
                    .then(() -> permits.reply.complete(null))
                    .expectError(NoClassDefFoundError.class)
                    .verify(Duration.ofSeconds(10));
            assertThat(permits.completedProbe).isCompletedWithValue(ProbeOutcome.FAILURE);
        }

        @Test
        void goesOnElsewhereWithContextAndDemand() {
            AtomicReference<Thread> thread = new AtomicReference<>();
            target.many = Flux.deferContextual(context -> {
                thread.set(Thread.currentThread());
                return Flux.just(context.<String>get("tenant"), "hotter");
            });
            StepVerifier.create(partner.flux().contextWrite(context -> context.put("tenant", "A")), 1)
                    .then(() -> permits.reply.complete(null))
                    .expectNext("A")
                    .thenRequest(1)
                    .expectNext("hotter")
                    .expectComplete()
                    .verify(Duration.ofSeconds(10));
            assertThat(thread.get()).isNotSameAs(Thread.currentThread());
        }

        @Test
        void givesTheProbeBackIfItIsCancelledMeanwhile() throws Exception {
            partner.mono().subscribe().dispose();
            permits.reply.complete(null);
            assertThat(permits.completedProbe.get(10, TimeUnit.SECONDS)).isEqualTo(ProbeOutcome.RETURNED);
            assertThat(target.calls).hasValue(0);
        }

        @RepeatedTest(100)
        void settlesTheProbeIfItIsCancelledJustThen() throws Exception {
            target.one = Mono.never();
            Disposable probe = partner.mono().subscribe();
            race(() -> permits.reply.complete(null), probe::dispose);
            assertThat(permits.completedProbe.get(10, TimeUnit.SECONDS)).isEqualTo(ProbeOutcome.RETURNED);
        }
    }

    @Nested
    class ARace {

        private static final int ROUNDS = 3_000;

        @Test
        void ofValueAndCancellationSettlesEachPermitOnce() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                Sinks.One<String> source = Sinks.one();
                target.one = source.asMono();
                Disposable call = partner.mono().subscribe();
                race(() -> source.tryEmitValue("hot"), call::dispose);
            }
            assertThat(tally.all()).isEqualTo(ROUNDS);
        }

        @Test
        void ofErrorAndCancellationSettlesEachPermitOnce() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                Sinks.One<String> source = Sinks.one();
                target.one = source.asMono();
                Disposable call = partner.mono().subscribe(value -> {}, thrown -> {});
                race(() -> source.tryEmitError(new IllegalArgumentException()), call::dispose);
            }
            assertThat(tally.all()).isEqualTo(ROUNDS);
        }

        @Test
        void ofElementsAndCancellationSettlesEachPermitOnce() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                Sinks.Many<String> source = Sinks.many().unicast().onBackpressureBuffer();
                target.many = source.asFlux();
                Disposable call = partner.flux().subscribe();
                race(
                        () -> {
                            source.tryEmitNext("hot");
                            source.tryEmitComplete();
                        },
                        call::dispose);
            }
            assertThat(tally.all()).isEqualTo(ROUNDS);
        }
    }

    private static final ExecutorService RACERS = Executors.newFixedThreadPool(2, runnable -> {
        Thread thread = new Thread(runnable, "racer");
        thread.setDaemon(true);
        return thread;
    });

    private static void race(Runnable one, Runnable other) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<?>> racers = new ArrayList<>();
        for (Runnable racer : List.of(one, other)) {
            racers.add(RACERS.submit(() -> {
                start.await(10, TimeUnit.SECONDS);
                racer.run();
                return null;
            }));
        }
        for (Future<?> racer : racers) {
            racer.get(10, TimeUnit.SECONDS);
        }
    }
}
