package dev.breaker.spring.aop;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Sends the calls of one method through its circuit breaker. Each method has its own, so that no call needs a look-up. */
final class BreakerInterceptor implements MethodInterceptor {

    private final Supplier<MethodCalls> factory;
    private volatile @Nullable MethodCalls calls;

    BreakerInterceptor(Supplier<MethodCalls> factory) {
        this.factory = factory;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        MethodCalls prepared = calls;
        return (prepared != null ? prepared : prepare()).make(invocation);
    }

    /** Finds the circuit breaker if that has not been done yet; the same one however often. */
    MethodCalls prepare() {
        MethodCalls prepared = calls;
        if (prepared == null) {
            prepared = factory.get();
            calls = prepared;
        }
        return prepared;
    }
}
