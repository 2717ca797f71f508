package dev.breaker.spring.aop;

import dev.breaker.Permit;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/** What a method returned, watched by a {@link GuardedSubscriber}. */
final class GuardedFlux extends FluxOperator<Object, Object> {

    private final ReactiveCall call;
    private final Permit permit;
    private final long start;

    GuardedFlux(Flux<Object> source, ReactiveCall call, Permit permit, long start) {
        super(source);
        this.call = call;
        this.permit = permit;
        this.start = start;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Object> actual) {
        GuardedSubscriber watching = new GuardedSubscriber(call, permit, start, actual);
        watching.during(() -> source.subscribe(watching));
    }
}
