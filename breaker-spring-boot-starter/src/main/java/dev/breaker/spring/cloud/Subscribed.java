package dev.breaker.spring.cloud;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.scheduler.Schedulers;

/** One subscription to a guarded stream, whose permit is completed once: by its end, or else by its cancellation. */
final class Subscribed {

    private final Breaker breaker;
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile @Nullable Permit permit;
    private volatile boolean cancelled;
    private volatile boolean answered;
    private volatile long start;

    Subscribed(Breaker breaker) {
        this.breaker = breaker;
    }

    /** Yields this as soon as it is known whether the call is permitted: at once, unless the store must be asked. */
    Mono<Subscribed> admission() {
        CompletableFuture<Subscribed> asked =
                breaker.tryAcquireAsync().thenApply(this::admitted).toCompletableFuture();
        return asked.isDone()
                ? Mono.just(asked.join())
                : Mono.fromFuture(asked, true).publishOn(Schedulers.boundedElastic());
    }

    /* The permit is written before the cancellation is read, and the other way round there: one of the two sees both. */
    private Subscribed admitted(@Nullable Permit granted) {
        permit = granted;
        if (granted != null && cancelled) {
            settle(granted::ignore);
        }
        return this;
    }

    /** The source's only element or none, if the call is permitted. */
    <T> Mono<T> guard(Mono<T> source) {
        Permit held = permit;
        if (held == null) {
            return Mono.error(breaker.rejection());
        }
        start = breaker.startNanos();
        Mono<T> watched =
                source.doOnSuccess(result -> ended(held, result, null)).doOnError(thrown -> ended(held, null, thrown));
        return new MonoOperator<T, T>(watched) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                during(held, () -> source.subscribe(actual));
            }
        };
    }

    /** The source's elements, if the call is permitted. */
    <T> Flux<T> guard(Flux<T> source) {
        Permit held = permit;
        if (held == null) {
            return Flux.error(breaker.rejection());
        }
        start = breaker.startNanos();
        Flux<T> watched = source.doOnNext(element -> answered = true)
                .doOnComplete(() -> ended(held, null, null))
                .doOnError(thrown -> ended(held, null, thrown));
        return new FluxOperator<T, T>(watched) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                during(held, () -> source.subscribe(actual));
            }
        };
    }

    /* Reactor does not signal an Error that it takes for fatal, such as a LinkageError, but throws it. */
    private void during(Permit held, Runnable subscription) {
        try {
            subscription.run();
        } catch (Throwable fatal) {
            if (answered) {
                /* It may be the subscriber's. */
                settle(held::ignore);
            } else {
                ended(held, null, fatal);
            }
            throw fatal;
        }
    }

    private void ended(Permit held, @Nullable Object result, @Nullable Throwable thrown) {
        settle(() -> held.complete(result, thrown, breaker.elapsedNanos(start)));
    }

    /** Ends the call early. */
    void cancelled() {
        cancelled = true;
        Permit held = permit;
        if (held != null) {
            settle(answered ? () -> held.success(breaker.elapsedNanos(start)) : held::ignore);
        }
    }

    private void settle(Runnable completion) {
        if (settled.compareAndSet(false, true)) {
            completion.run();
        }
    }
}
