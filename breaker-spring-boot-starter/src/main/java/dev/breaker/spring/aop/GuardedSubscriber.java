package dev.breaker.spring.aop;

import dev.breaker.Outcome;
import dev.breaker.Permit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Watches one subscription to what a method returned. The first of the single value, the end and the cancellation settles the
 * permit, before the subscriber learns of it.
 */
final class GuardedSubscriber implements CoreSubscriber<Object>, Subscription {

    private final ReactiveCall call;
    private final Permit permit;
    private final long start;
    private final CoreSubscriber<? super Object> actual;
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile boolean emitted;
    private @Nullable Unanswered unanswered;
    private Subscription source = Operators.emptySubscription();

    GuardedSubscriber(ReactiveCall call, Permit permit, long start, CoreSubscriber<? super Object> actual) {
        this.call = call;
        this.permit = permit;
        this.start = start;
        this.actual = actual;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        source = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(Object element) {
        if (call.isSingle()) {
            judge(element);
        } else if (!emitted) {
            emitted = true;
        }
        if (unanswered == null) {
            tell(element);
        } else {
            Operators.onDiscard(element, currentContext());
        }
    }

    /* What a subscriber throws is none of the partner's business: as if it had cancelled. */
    private void tell(Object element) {
        try {
            actual.onNext(element);
        } catch (Throwable fault) {
            leave();
            throw fault;
        }
    }

    @Override
    public void onComplete() {
        if (call.isSingle()) {
            judge(null);
        } else if (settle()) {
            permit.success(nanos());
        }
        if (unanswered == null) {
            actual.onComplete();
        } else {
            actual.onError(unanswered);
        }
    }

    private void judge(@Nullable Object result) {
        if (settle() && permit.complete(result, null, nanos()) == Outcome.FAILURE) {
            unanswered = Unanswered.by(call.fallbacks.forResult(), null);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (settle()) {
            Throwable cause = Causes.unwrap(Exceptions.unwrap(thrown));
            Outcome outcome = permit.complete(null, cause, nanos());
            unanswered = Unanswered.by(call.fallbacks.forThrown(cause, outcome), cause);
        }
        actual.onError(unanswered == null ? thrown : unanswered);
    }

    @Override
    public void request(long n) {
        during(() -> source.request(n));
    }

    /* Reactor does not signal an Error that it takes for fatal, such as a LinkageError, but throws it. */
    void during(Runnable step) {
        try {
            step.run();
        } catch (Throwable fatal) {
            if (settle()) {
                permit.complete(null, Causes.unwrap(Exceptions.unwrap(fatal)), nanos());
            }
            throw fatal;
        }
    }

    @Override
    public void cancel() {
        leave();
        source.cancel();
    }

    private void leave() {
        if (settle()) {
            if (emitted) {
                permit.success(nanos());
            } else {
                permit.ignore();
            }
        }
    }

    private boolean settle() {
        return settled.compareAndSet(false, true);
    }

    private long nanos() {
        return call.breaker.elapsedNanos(start);
    }
}
