package dev.breaker.spring.cloud;

import dev.breaker.Breaker;
import java.util.function.Function;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreaker;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A circuit for calls that are streams. */
final class ReactorBreaker implements ReactiveCircuitBreaker {

    private final Breaker breaker;

    ReactorBreaker(Breaker breaker) {
        this.breaker = breaker;
    }

    private <T> Mono<T> guarded(Mono<T> toRun) {
        return Mono.defer(() -> {
            Subscribed call = new Subscribed(breaker);
            return call.admission().flatMap(asked -> asked.guard(toRun)).doOnCancel(call::cancelled);
        });
    }

    @Override
    public <T> Mono<T> run(Mono<T> toRun, Function<Throwable, Mono<T>> fallback) {
        return guarded(toRun).onErrorResume(ReactorBreaker::isAnswered, thrown -> answer(thrown, fallback));
    }

    private <T> Flux<T> guarded(Flux<T> toRun) {
        return Flux.defer(() -> {
            Subscribed call = new Subscribed(breaker);
            return call.admission().flatMapMany(asked -> asked.guard(toRun)).doOnCancel(call::cancelled);
        });
    }

    @Override
    public <T> Flux<T> run(Flux<T> toRun, Function<Throwable, Flux<T>> fallback) {
        return guarded(toRun).onErrorResume(ReactorBreaker::isAnswered, thrown -> answer(thrown, fallback));
    }

    private <P> P answer(Throwable thrown, Function<Throwable, P> fallback) {
        P answer = fallback.apply(thrown);
        breaker.countFallback();
        return answer;
    }

    private static boolean isAnswered(Throwable thrown) {
        return !(thrown instanceof VirtualMachineError);
    }
}
