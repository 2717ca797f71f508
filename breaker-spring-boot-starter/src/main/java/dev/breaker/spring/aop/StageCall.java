package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A call that is over when its stage completes. */
final class StageCall extends GuardedCall {

    StageCall(Breaker breaker, Fallbacks fallbacks) {
        super(breaker, fallbacks);
    }

    /* The body expects what is bound to its caller's thread, so that waits for a permit, unless it must not. */
    @Override
    public @Nullable Object make(MethodInvocation invocation) throws Throwable {
        return EventLoops.isThisThreadOne() ? makeWithoutWaiting(invocation) : super.make(invocation);
    }

    private @Nullable Object makeWithoutWaiting(MethodInvocation invocation) throws Throwable {
        CompletableFuture<@Nullable Permit> admission =
                breaker.tryAcquireAsync().toCompletableFuture();
        return admission.isDone() ? make(admission.join(), invocation) : makeLater(admission, invocation);
    }

    @Override
    @Nullable
    Object handedOver(@Nullable Object result, Permit permit, long start, MethodInvocation invocation)
            throws Throwable {
        return result instanceof CompletionStage<?> stage
                ? new GuardedStage(this, permit, start, invocation).guard(stage)
                : returned(result, permit, start, invocation);
    }

    private Relay makeLater(CompletableFuture<@Nullable Permit> admission, MethodInvocation invocation) {
        Relay answer = new Relay();
        MethodInvocation later = repeatable(invocation);
        elsewhere(admission, () -> makeNow(admission, later, answer));
        return answer;
    }

    private void makeNow(CompletableFuture<@Nullable Permit> admission, MethodInvocation invocation, Relay answer) {
        try {
            Permit permit = admission.join();
            if (!answer.isDone()) {
                answer.follow(make(permit, invocation));
            } else if (permit != null) {
                permit.ignore();
            }
        } catch (Throwable thrown) {
            answer.completeExceptionally(thrown);
        }
    }

    @Override
    CompletableFuture<?> refuse() {
        return CompletableFuture.failedFuture(breaker.rejection());
    }
}
