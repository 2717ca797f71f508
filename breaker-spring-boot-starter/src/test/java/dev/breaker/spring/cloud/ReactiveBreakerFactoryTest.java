package dev.breaker.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.InMemoryStore;
import dev.breaker.shared.SharedStore;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreaker;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

/** Calls that are streams. */
class ReactiveBreakerFactoryTest {

    private final AtomicInteger subscriptions = new AtomicInteger();
    private LocalCircuits circuits = new LocalCircuits();
    private ReactiveCircuitBreaker partner = partner();

    private ReactiveCircuitBreaker partner() {
        return new ReactiveBreakerFactory(circuits).create("partner");
    }

    @AfterEach
    void close() {
        circuits.close();
    }

    private <T> Mono<T> counted(Mono<T> source) {
        return source.doOnSubscribe(any -> subscriptions.incrementAndGet());
    }

    private <T> Flux<T> counted(Flux<T> source) {
        return source.doOnSubscribe(any -> subscriptions.incrementAndGet());
    }

    private static <T> Mono<T> down() {
        return Mono.error(new IllegalStateException("down"));
    }

    @Test
    void anErrorThatReactorThrowsInsteadOfSignallingItIsAFailure() {
        Mono<String> mono = Mono.fromCallable(() -> {
            throw new NoClassDefFoundError("gone");
        });
        Flux<String> flux = Flux.defer(() -> mono);
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.run(mono).block());
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> partner.run(flux).blockLast());
        assertThat(circuits.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void countsTheAnswersOfFallbacks() {
        partner.run(down(), thrown -> Mono.just("cold")).block();
        assertThat(circuits.fallbacks()).isOne();
        partner.run(Flux.from(down()), thrown -> Flux.just("cold")).blockLast();
        partner.run(Flux.just("rejected"), thrown -> Flux.just("cold")).blockLast();
        assertThat(circuits.fallbacks()).isEqualTo(3);
    }

    @Nested
    class AMono {

        @Test
        void yieldsItsElementAndCountsIt() {
            assertThat(partner.run(Mono.just("hot"), thrown -> Mono.just("cold"))
                            .block())
                    .isEqualTo("hot");
            assertThat(partner.run(Mono.empty()).block()).isNull();
            assertThat(circuits.calls()).isEqualTo(2);
        }

        @Test
        void asksAnewForEachSubscription() {
            Mono<String> guarded = partner.run(counted(down()), thrown -> Mono.just("cold"));
            assertThat(subscriptions).hasValue(0);
            for (int i = 0; i < 5; i++) {
                assertThat(guarded.block()).isEqualTo("cold");
            }
            assertThat(subscriptions).hasValue(2);
            assertThat(circuits.state()).isEqualTo(BreakerState.OPEN);
        }

        @Test
        void givesTheFallbackTheRejection() {
            circuits.open();
            assertThat(partner.<Throwable>run(counted(Mono.just(new Throwable())), Mono::just)
                            .block())
                    .isInstanceOf(CallNotPermittedException.class);
            assertThat(subscriptions).hasValue(0);
        }

        @Test
        void givesTheFallbackWhatIsNoFailureToo() {
            Mono<String> guarded =
                    partner.run(Mono.error(new IllegalArgumentException("unknown")), thrown -> Mono.just("cold"));
            assertThat(guarded.block()).isEqualTo("cold");
            assertThat(circuits.calls()).isZero();
        }

        @Test
        void isJudgedByItsElement() {
            assertThat(partner.run(Mono.just("bad")).block()).isEqualTo("bad");
            assertThat(circuits.failures()).isEqualTo(1);
        }

        @Test
        void failsWithTheCauseWithoutFallback() {
            assertThatExceptionOfType(NoFallbackAvailableException.class)
                    .isThrownBy(() -> partner.run(down()).block())
                    .withCause(new IllegalStateException("down"));
        }

        @Test
        void letsAnErrorOfTheVirtualMachineOut() {
            StackOverflowError fatal = new StackOverflowError();
            AtomicReference<Throwable> seen = new AtomicReference<>();
            partner.run(Mono.from(failing(fatal)), thrown -> Mono.just("cold")).subscribe(any -> {}, seen::set);
            assertThat(seen).hasValue(fatal);
            assertThat(circuits.failures()).isEqualTo(1);
        }

        private static Publisher<String> failing(Throwable fatal) {
            return subscriber -> {
                subscriber.onSubscribe(Operators.emptySubscription());
                subscriber.onError(fatal);
            };
        }

        @Test
        void givesItsPermitBackWhenCancelled() {
            circuits.awaitProbe();
            Disposable subscription = partner.run(Mono.never()).subscribe();
            assertThat(partner.run(Mono.just("hot"), thrown -> Mono.just("cold"))
                            .block())
                    .isEqualTo("cold");
            subscription.dispose();
            assertThat(partner.run(Mono.just("hot"), thrown -> Mono.just("cold"))
                            .block())
                    .isEqualTo("hot");
        }
    }

    @Nested
    class AFlux {

        @Test
        void isOneCall() {
            assertThat(partner.run(Flux.range(0, 100)).collectList().block()).hasSize(100);
            assertThat(circuits.calls()).isEqualTo(1);
        }

        @Test
        void goesOnWithTheFallbackWhereItFails() {
            Flux<String> guarded =
                    partner.run(Flux.concat(Mono.just("hot"), down()), thrown -> Flux.just(thrown.getMessage()));
            assertThat(guarded.collectList().block()).containsExactly("hot", "down");
            assertThat(circuits.failures()).isEqualTo(1);
        }

        @Test
        void isNotSubscribedToWhenRejected() {
            circuits.open();
            assertThat(partner.run(counted(Flux.just("hot")), thrown -> Flux.just("cold"))
                            .collectList()
                            .block())
                    .containsExactly("cold");
            assertThat(subscriptions).hasValue(0);
        }

        @Test
        void failsWithTheCauseWithoutFallback() {
            assertThatThrownBy(() -> partner.run(Flux.from(down())).blockLast())
                    .isInstanceOf(NoFallbackAvailableException.class)
                    .hasCause(new IllegalStateException("down"));
        }

        @Test
        void cancelledBeforeTheFirstElementGivesItsPermitBack() {
            circuits.awaitProbe();
            partner.run(Flux.never()).subscribe().dispose();
            assertThat(circuits.state()).isEqualTo(BreakerState.HALF_OPEN);
            assertThat(partner.run(Flux.just("hot")).blockLast()).isEqualTo("hot");
        }

        @Test
        void cancelledAfterTheFirstElementIsASuccess() {
            circuits.awaitProbe();
            assertThat(partner.run(Flux.concat(Mono.just("hot"), Mono.never())).blockFirst())
                    .isEqualTo("hot");
            assertThat(circuits.state()).isEqualTo(BreakerState.CLOSED);
        }

        @Test
        void isCountedOnceIfItsSourceGoesOnAfterACancellation() {
            Publisher<String> deaf = subscriber -> {
                subscriber.onSubscribe(Operators.emptySubscription());
                subscriber.onNext("hot");
                subscriber.onComplete();
            };
            assertThat(partner.run(Flux.from(deaf)).blockFirst()).isEqualTo("hot");
            assertThat(circuits.calls()).isEqualTo(1);
        }
    }

    /** Asking the store for a probe's permit takes as long as the test wants. */
    @Nested
    class AwaitingAPermit {

        private final CompletableFuture<Void> reply = new CompletableFuture<>();

        private SharedStore slow(SharedStore store) {
            return (SharedStore) Proxy.newProxyInstance(
                    SharedStore.class.getClassLoader(), new Class<?>[] {SharedStore.class}, (proxy, method, args) -> {
                        Object result = method.invoke(store, args);
                        return method.getName().equals("permit")
                                ? reply.thenCompose(now -> (CompletionStage<?>) result)
                                : result;
                    });
        }

        @BeforeEach
        void share() {
            circuits.close();
            circuits = new LocalCircuits(ticker -> slow(new InMemoryStore(ticker)));
            partner = partner();
            circuits.awaitProbe();
        }

        @Test
        void holdsNobodyUpAndSubscribesWhereBlockingIsAllowed() {
            AtomicReference<Boolean> mayBlock = new AtomicReference<>();
            Mono<String> source =
                    Mono.fromSupplier(() -> "hot").doOnNext(any -> mayBlock.set(!Schedulers.isInNonBlockingThread()));
            CompletableFuture<String> answer = partner.run(counted(source)).toFuture();
            assertThat(subscriptions).hasValue(0);
            Schedulers.parallel().schedule(() -> reply.complete(null));
            await().untilAsserted(() -> assertThat(answer).isCompletedWithValue("hot"));
            assertThat(mayBlock).hasValue(true);
        }

        @Test
        void givesThePermitBackIfNobodyWaitsForItAnyMore() {
            partner.run(counted(Flux.just("late"))).subscribe().dispose();
            reply.complete(null);
            await().untilAsserted(() -> assertThat(partner.run(Mono.just("hot"), thrown -> Mono.just("cold"))
                            .block())
                    .isEqualTo("hot"));
            assertThat(subscriptions).hasValue(0);
        }
    }
}
