package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A call that begins with a subscription and is over when that ends: the method itself is called once for each, after the
 * permit has come. With {@link GuardedSubscriber} and {@link AwaitedSubscription} all that needs Reactor.
 */
final class ReactiveCall extends GuardedCall {

    private final GuardedMethod guarded;
    private final ReactiveAdapter adapter;
    private final boolean single;

    ReactiveCall(Breaker breaker, Fallbacks fallbacks, GuardedMethod guarded) {
        super(breaker, fallbacks);
        this.guarded = guarded;
        this.adapter = adapter(guarded);
        this.single = !adapter.isMultiValue();
    }

    private static ReactiveAdapter adapter(GuardedMethod guarded) {
        return Objects.requireNonNull(ReactiveAdapterRegistry.getSharedInstance()
                .getAdapter(guarded.returnType().toClass()));
    }

    /** Calls of a method that ask at each subscription how to be made. */
    static MethodCalls each(Supplier<ReactiveCall> subscribed, GuardedMethod guarded) {
        ReactiveAdapter adapter = adapter(guarded);
        return invocation -> publisher(adapter, invocation, subscribed);
    }

    /** Whether there is one result to be judged, rather than a stream. */
    boolean isSingle() {
        return single;
    }

    @Override
    public Object make(MethodInvocation invocation) {
        return publisher(adapter, invocation, () -> this);
    }

    private static Object publisher(
            ReactiveAdapter adapter, MethodInvocation invocation, Supplier<ReactiveCall> subscribed) {
        MethodInvocation original = repeatable(invocation);
        return adapter.fromPublisher(
                adapter.isMultiValue()
                        ? Flux.defer(() -> subscribed.get().begin(original))
                        : Mono.defer(() -> Mono.fromDirect(subscribed.get().begin(original))));
    }

    private Publisher<?> begin(MethodInvocation original) {
        MethodInvocation invocation = repeatable(original);
        CompletableFuture<@Nullable Permit> admission =
                breaker.tryAcquireAsync().toCompletableFuture();
        return admission.isDone()
                ? admitted(admission, invocation)
                : subscriber -> await(admission, invocation, subscriber);
    }

    private void await(
            CompletableFuture<@Nullable Permit> admission,
            MethodInvocation invocation,
            Subscriber<? super Object> subscriber) {
        AwaitedSubscription awaited = new AwaitedSubscription(Operators.toCoreSubscriber(subscriber));
        subscriber.onSubscribe(awaited);
        elsewhere(admission, () -> {
            if (awaited.isCancelled()) {
                giveBack(admission.join());
            } else {
                subscribe(admitted(admission, invocation), awaited);
            }
        });
    }

    /* Nobody else would tell the subscriber of what a source throws in this thread. */
    private static void subscribe(Publisher<?> source, AwaitedSubscription awaited) {
        try {
            source.subscribe(awaited);
        } catch (Throwable fatal) {
            awaited.onError(fatal);
        }
    }

    private static void giveBack(@Nullable Permit permit) {
        if (permit != null) {
            permit.ignore();
        }
    }

    private Publisher<?> admitted(CompletableFuture<@Nullable Permit> admission, MethodInvocation invocation) {
        try {
            return published(make(admission.join(), invocation));
        } catch (Throwable thrown) {
            return Flux.error(thrown);
        }
    }

    @Override
    Object handedOver(@Nullable Object result, Permit permit, long start, MethodInvocation invocation) {
        if (result == null) {
            permit.ignore();
            return nothing(guarded.toString());
        }
        Flux<Object> watched = new GuardedFlux(Flux.from(published(result)), this, permit, start);
        return fallbacks == Fallbacks.NONE
                ? watched
                : watched.onErrorResume(Unanswered.class, failed -> answer(failed, invocation));
    }

    private Publisher<?> answer(Unanswered failed, MethodInvocation invocation) {
        try {
            return published(answer(failed.fallback(), invocation, failed.getCause()));
        } catch (Throwable thrown) {
            return Flux.error(thrown);
        }
    }

    @Override
    Object refuse() {
        return Flux.error(breaker.rejection());
    }

    private Publisher<?> published(@Nullable Object returned) {
        if (returned == null) {
            return nothing("The fallback of " + guarded);
        }
        return returned instanceof Publisher<?> publisher ? publisher : adapter.toPublisher(returned);
    }

    private Publisher<?> nothing(String from) {
        return Flux.error(new NullPointerException(
                from + " returned null in place of " + Signatures.brief(guarded.returnType()) + "."));
    }
}
