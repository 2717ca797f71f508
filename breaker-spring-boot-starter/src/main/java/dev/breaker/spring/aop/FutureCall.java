package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A call that is over when its future is, and is counted when somebody looks. */
final class FutureCall extends GuardedCall {

    FutureCall(Breaker breaker, Fallbacks fallbacks) {
        super(breaker, fallbacks);
    }

    @Override
    @Nullable
    Object handedOver(@Nullable Object result, Permit permit, long start, MethodInvocation invocation)
            throws Throwable {
        return result instanceof Future<?> future
                ? guarded(future, permit, start, invocation)
                : returned(result, permit, start, invocation);
    }

    private Future<?> guarded(Future<?> future, Permit permit, long start, MethodInvocation invocation) {
        return future instanceof CompletionStage<?> stage
                ? new GuardedStage(this, permit, start, invocation).guard(stage)
                : new GuardedFuture(this, future, permit, start, invocation);
    }

    @Override
    CompletableFuture<?> refuse() {
        return CompletableFuture.failedFuture(breaker.rejection());
    }
}
