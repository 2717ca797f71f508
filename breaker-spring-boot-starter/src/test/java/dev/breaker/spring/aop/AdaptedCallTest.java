package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import kotlinx.coroutines.flow.FlowKt;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.test.util.AopTestUtils;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Methods that return a reactive type of another library than Reactor. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class AdaptedCallTest {

    @CircuitBreaker(name = "partner")
    static class Partner {
        final AtomicInteger calls = new AtomicInteger();
        String answer = "hot";

        Single<String> single() {
            calls.incrementAndGet();
            return Single.just(answer);
        }

        Maybe<String> maybe() {
            calls.incrementAndGet();
            return Maybe.just(answer);
        }

        Completable completable() {
            calls.incrementAndGet();
            return Completable.complete();
        }

        Flowable<String> flowable() {
            calls.incrementAndGet();
            return Flowable.just(answer, answer);
        }

        Observable<String> observable() {
            calls.incrementAndGet();
            return Observable.just(answer, answer);
        }

        Flow.Publisher<String> jdk() {
            calls.incrementAndGet();
            return JdkFlowAdapter.publisherToFlowPublisher(Flux.just(answer, answer));
        }

        kotlinx.coroutines.flow.Flow<String> kotlin() {
            calls.incrementAndGet();
            return FlowKt.flowOf(answer, answer);
        }

        Publisher<String> publisher() {
            calls.incrementAndGet();
            return Mono.just(answer);
        }

        @CircuitBreaker(name = "single", fallbackMethod = "cold")
        Single<String> warm(String customer) {
            return answer.isEmpty() ? Single.error(new IllegalStateException("down")) : Single.just(answer);
        }

        private Single<String> cold(String customer) {
            return Single.just("cold " + customer);
        }

        @CircuitBreaker(name = "flow", fallbackMethod = "coldFlow")
        Flow.Publisher<String> warmFlow() {
            return JdkFlowAdapter.publisherToFlowPublisher(Flux.error(new IllegalStateException("down")));
        }

        private Flow.Publisher<String> coldFlow() {
            return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("cold", "colder"));
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

    private Flux<Publisher<?>> all() {
        return Flux.just(
                partner.single().toFlowable(),
                partner.maybe().toFlowable(),
                partner.completable().toFlowable(),
                partner.flowable(),
                partner.observable().toFlowable(BackpressureStrategy.BUFFER),
                JdkFlowAdapter.flowPublisherToFlux(partner.jdk()),
                ReactiveFlowKt.asPublisher(partner.kotlin()),
                partner.publisher());
    }

    @Test
    void areCalledAndCountedOncePerSubscription() {
        Flux<Publisher<?>> all = all();
        assertThat(target.calls).hasValue(0);
        StepVerifier.create(all.concatMap(each -> each)).expectNextCount(11).verifyComplete();
        assertThat(target.calls).hasValue(8);
        assertThat(circuits.counts("partner").calls()).isEqualTo(8);
        assertThat(circuits.counts("partner").failures()).isZero();
    }

    @Test
    void failWithoutBeingCalledIfTheyAreRejected() {
        circuits.open("partner");
        Mono<Long> rejected = all().concatMap(each ->
                        Flux.from(each).then(Mono.just(false)).onErrorReturn(CallNotPermittedException.class, true))
                .filter(Boolean::booleanValue)
                .count();
        StepVerifier.create(rejected).expectNext(8L).verifyComplete();
        assertThat(target.calls).hasValue(0);
    }

    @Test
    void areAnsweredByAFallbackOfTheirType() {
        target.answer = "";
        partner.warm("Ada").test().assertValue("cold Ada");
        target.answer = "bad";
        partner.warm("Ada").test().assertValue("cold Ada");
        assertThat(circuits.breaker("single").state()).isEqualTo(BreakerState.OPEN);
        partner.warm("Ada").test().assertValue("cold Ada");
        StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(partner.warmFlow()))
                .expectNext("cold", "colder")
                .verifyComplete();
    }
}
