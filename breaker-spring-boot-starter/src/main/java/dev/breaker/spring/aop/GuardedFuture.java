package dev.breaker.spring.aop;

import dev.breaker.Outcome;
import dev.breaker.Permit;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * What the caller gets in place of a method's future. The first to see it done records the outcome, and the first to get it
 * calls the fallback if need be, each once.
 */
final class GuardedFuture implements Future<@Nullable Object> {

    /** How the method's future ended. */
    private record End(@Nullable Object result, @Nullable Throwable cause, Outcome outcome) {}

    private final GuardedCall call;
    private final Future<?> future;
    private final Permit permit;
    private final long start;
    private final MethodInvocation invocation;
    private final FutureTask<End> end = new FutureTask<>(this::record);
    private final FutureTask<Future<?>> answer = new FutureTask<>(this::answer);
    private volatile boolean cancelAsked;

    GuardedFuture(GuardedCall call, Future<?> future, Permit permit, long start, MethodInvocation invocation) {
        this.call = call;
        this.future = future;
        this.permit = permit;
        this.start = start;
        this.invocation = invocation;
    }

    @Override
    public boolean isDone() {
        if (future.isDone()) {
            end.run();
            return true;
        }
        return false;
    }

    @Override
    public boolean isCancelled() {
        return isDone() && future.isCancelled();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        cancelAsked = true;
        boolean cancelled = future.cancel(mayInterruptIfRunning);
        boolean unused = isDone();
        return cancelled;
    }

    @Override
    public @Nullable Object get() throws InterruptedException, ExecutionException {
        try {
            future.get();
        } catch (ExecutionException | CancellationException over) {
            // read again when recorded
        }
        answer.run();
        return answer.get().get();
    }

    /** The time-out holds for the method's future, and again for the fallback's. */
    @Override
    public @Nullable Object get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            future.get(timeout, unit);
        } catch (ExecutionException | CancellationException over) {
            // read again when recorded
        }
        answer.run();
        return answer.get().get(timeout, unit);
    }

    private boolean isCancelledByCaller() {
        return cancelAsked && future.isCancelled();
    }

    private End record() throws Exception {
        if (isCancelledByCaller()) {
            permit.ignore();
            return new End(null, new CancellationException(), Outcome.IGNORED);
        }
        boolean interrupted = Thread.interrupted();
        Object result = null;
        Throwable cause = null;
        try {
            result = future.get();
        } catch (Throwable thrown) {
            cause = Causes.unwrap(thrown);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return new End(result, cause, permit.complete(result, cause, call.breaker.elapsedNanos(start)));
    }

    private Future<?> answer() throws Exception {
        end.run();
        Fallback fallback = fallback(end.get());
        if (fallback == null) {
            return future;
        }
        try {
            Object replacement = call.answer(fallback, invocation, end.get().cause());
            return replacement instanceof Future<?> other ? other : CompletableFuture.completedFuture(replacement);
        } catch (Throwable thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private @Nullable Fallback fallback(End end) {
        if (isCancelledByCaller()) {
            return null;
        }
        if (end.cause() != null) {
            return call.fallbacks.forThrown(end.cause(), end.outcome());
        }
        return end.outcome() == Outcome.FAILURE ? call.fallbacks.forResult() : null;
    }
}
