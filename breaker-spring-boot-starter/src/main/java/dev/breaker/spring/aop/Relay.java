package dev.breaker.spring.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A future that ends as another stage does, and takes that stage with it when it is cancelled. */
class Relay extends CompletableFuture<@Nullable Object> {

    private volatile @Nullable CompletionStage<?> source;

    /** Ends as the given stage, at once if there is none. */
    final void follow(@Nullable Object stage) {
        if (stage instanceof CompletionStage<?> followed) {
            from(followed);
            CompletionStage<?> unused = followed.whenComplete(this::end);
        } else {
            complete(stage);
        }
    }

    final void from(CompletionStage<?> stage) {
        source = stage;
        if (isCancelled()) {
            cancelled();
        }
    }

    final void end(@Nullable Object result, @Nullable Throwable thrown) {
        if (thrown == null) {
            complete(result);
        } else {
            completeExceptionally(thrown);
        }
    }

    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        boolean first = !isDone() && super.cancel(mayInterruptIfRunning);
        if (first) {
            cancelled();
        }
        return isCancelled();
    }

    /** Called once this is cancelled. */
    void cancelled() {
        if (source instanceof Future<?> future) {
            future.cancel(true);
        }
    }
}
