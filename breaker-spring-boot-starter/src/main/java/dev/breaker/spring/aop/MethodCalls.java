package dev.breaker.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Makes the calls of one method through a circuit breaker. Safe for use by many threads. */
interface MethodCalls {

    /** Makes a call, or answers for it. */
    @Nullable
    Object make(MethodInvocation invocation) throws Throwable;
}
