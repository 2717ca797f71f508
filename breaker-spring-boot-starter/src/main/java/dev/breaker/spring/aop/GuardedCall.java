package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.Outcome;
import dev.breaker.Permit;
import java.util.concurrent.CompletableFuture;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Makes the calls of one method through its circuit breaker, and answers for those that are rejected or fail. */
abstract class GuardedCall implements MethodCalls {

    final Breaker breaker;
    final Fallbacks fallbacks;

    GuardedCall(Breaker breaker, Fallbacks fallbacks) {
        this.breaker = breaker;
        this.fallbacks = fallbacks;
    }

    /** Makes a call, if it gets a permit. */
    @Override
    public @Nullable Object make(MethodInvocation invocation) throws Throwable {
        return make(breaker.tryAcquire(), invocation);
    }

    /** Makes a call with a permit, or answers for it without. */
    final @Nullable Object make(@Nullable Permit permit, MethodInvocation invocation) throws Throwable {
        if (permit == null) {
            return rejected(invocation);
        }
        long start = breaker.startNanos();
        Object result;
        try {
            result = invocation.proceed();
        } catch (Throwable thrown) {
            return threw(thrown, permit, start, invocation);
        }
        return handedOver(result, permit, start, invocation);
    }

    /** The method has returned: with its result, or with the promise of one. */
    @Nullable
    abstract Object handedOver(@Nullable Object result, Permit permit, long start, MethodInvocation invocation)
            throws Throwable;

    /** An invocation that can proceed later, and again if it is copied again. */
    static MethodInvocation repeatable(MethodInvocation invocation) {
        return invocation instanceof ProxyMethodInvocation proxied ? proxied.invocableClone() : invocation;
    }

    /** Goes on with a call whose thread does not wait for its permit: in the common pool, with the class loader of this thread. */
    static void elsewhere(CompletableFuture<@Nullable Permit> admission, Runnable call) {
        ClassLoader classes = Thread.currentThread().getContextClassLoader();
        CompletableFuture<?> unused = admission.whenCompleteAsync((permit, fault) -> {
            Thread thread = Thread.currentThread();
            ClassLoader own = thread.getContextClassLoader();
            thread.setContextClassLoader(classes);
            try {
                call.run();
            } finally {
                thread.setContextClassLoader(own);
            }
        });
    }

    /** Answers for a call without permit; fails if there is no fallback. */
    private @Nullable Object rejected(MethodInvocation invocation) throws Throwable {
        Fallback fallback = fallbacks.forRejection();
        if (fallback == null) {
            return refuse();
        }
        return answer(fallback, invocation, fallback.takesCause() ? breaker.rejection() : null);
    }

    /** Fails for a rejected call. */
    @Nullable
    Object refuse() {
        throw breaker.rejection();
    }

    /** Ends a call that returned its result. */
    final @Nullable Object returned(@Nullable Object result, Permit permit, long start, MethodInvocation invocation)
            throws Throwable {
        if (permit.complete(result, null, breaker.elapsedNanos(start)) != Outcome.FAILURE) {
            return result;
        }
        Fallback fallback = fallbacks.forResult();
        return fallback == null ? result : answer(fallback, invocation, null);
    }

    /** Ends a call that threw. */
    final @Nullable Object threw(Throwable thrown, Permit permit, long start, MethodInvocation invocation)
            throws Throwable {
        Throwable cause = Causes.unwrap(thrown);
        Outcome outcome = permit.complete(null, cause, breaker.elapsedNanos(start));
        Fallback fallback = fallbacks.forThrown(cause, outcome);
        if (fallback == null) {
            throw thrown;
        }
        return answer(fallback, invocation, cause);
    }

    /** What the fallback says in the place of a call, counted if it says something. */
    final @Nullable Object answer(Fallback fallback, MethodInvocation invocation, @Nullable Throwable cause)
            throws Throwable {
        Object answer = fallback.call(invocation, cause);
        breaker.countFallback();
        return answer;
    }
}
