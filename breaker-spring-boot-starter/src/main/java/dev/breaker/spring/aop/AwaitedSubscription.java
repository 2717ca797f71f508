package dev.breaker.spring.aop;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Operators.DeferredSubscription;
import reactor.util.context.Context;

/** What a subscriber holds until a permit has come: remembers what it asks for, and passes on all that comes after. */
final class AwaitedSubscription extends DeferredSubscription implements CoreSubscriber<Object> {

    private final CoreSubscriber<? super Object> actual;
    private volatile boolean ended;

    AwaitedSubscription(CoreSubscriber<? super Object> actual) {
        this.actual = actual;
    }

    @Override
    public boolean isCancelled() {
        return super.isCancelled();
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        set(subscription);
    }

    @Override
    public void onNext(Object element) {
        actual.onNext(element);
    }

    @Override
    public void onError(Throwable thrown) {
        if (ended) {
            Operators.onErrorDropped(thrown, currentContext());
        } else {
            ended = true;
            actual.onError(thrown);
        }
    }

    @Override
    public void onComplete() {
        ended = true;
        actual.onComplete();
    }
}
