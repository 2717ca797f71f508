package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A call that is over when the method returns. */
final class PlainCall extends GuardedCall {

    PlainCall(Breaker breaker, Fallbacks fallbacks) {
        super(breaker, fallbacks);
    }

    @Override
    @Nullable
    Object make(MethodInvocation invocation) throws Throwable {
        Permit permit = breaker.tryAcquire();
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
        return returned(result, permit, start, invocation);
    }
}
