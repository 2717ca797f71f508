package dev.breaker.spring.aop;

import dev.breaker.Outcome;
import dev.breaker.Permit;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** What the caller gets in place of a method's stage: ends after the outcome is recorded, with the fallback's answer if need be. */
final class GuardedStage extends Relay {

    private final GuardedCall call;
    private final Permit permit;
    private final long start;
    private final MethodInvocation invocation;
    private final AtomicBoolean settled = new AtomicBoolean();

    GuardedStage(GuardedCall call, Permit permit, long start, MethodInvocation invocation) {
        this.call = call;
        this.permit = permit;
        this.start = start;
        this.invocation = invocation;
    }

    GuardedStage guard(CompletionStage<?> stage) {
        from(stage);
        CompletionStage<?> unused = stage.whenComplete(this::settle);
        return this;
    }

    /* The first of completion and cancellation settles the permit. */
    private void settle(@Nullable Object result, @Nullable Throwable thrown) {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        try {
            Fallback fallback = thrown == null ? succeeded(result) : failed(thrown);
            if (fallback == null) {
                end(result, thrown);
            } else {
                follow(call.answer(fallback, invocation, thrown == null ? null : Causes.unwrap(thrown)));
            }
        } catch (Throwable fault) {
            completeExceptionally(fault);
        }
    }

    private @Nullable Fallback succeeded(@Nullable Object result) {
        Outcome outcome = permit.complete(result, null, call.breaker.elapsedNanos(start));
        return outcome == Outcome.FAILURE ? call.fallbacks.forResult() : null;
    }

    private @Nullable Fallback failed(Throwable thrown) {
        Throwable cause = Causes.unwrap(thrown);
        return call.fallbacks.forThrown(cause, permit.complete(null, cause, call.breaker.elapsedNanos(start)));
    }

    @Override
    void cancelled() {
        if (settled.compareAndSet(false, true)) {
            permit.ignore();
        }
        super.cancelled();
    }
}
