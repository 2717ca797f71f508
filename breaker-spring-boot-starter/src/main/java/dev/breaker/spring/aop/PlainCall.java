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
    Object handedOver(@Nullable Object result, Permit permit, long start, MethodInvocation invocation)
            throws Throwable {
        return returned(result, permit, start, invocation);
    }
}
