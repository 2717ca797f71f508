package dev.breaker.spring.aop;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A method that answers in place of a guarded one. */
final class Fallback {

    private final Method method;
    private final FallbackReceiver receiver;
    private final MethodHandle handle;
    private final @Nullable Class<?> cause;

    /**
     * @param method the method itself
     * @param receiver whom it is called on
     * @param handle of type (Object receiver, Object[] arguments, Throwable cause)Object
     * @param cause type of exception that it takes, null if it takes none
     */
    Fallback(Method method, FallbackReceiver receiver, MethodHandle handle, @Nullable Class<?> cause) {
        this.method = method;
        this.receiver = receiver;
        this.handle = handle;
        this.cause = cause;
    }

    Method method() {
        return method;
    }

    boolean takesCause() {
        return cause != null;
    }

    boolean takes(Class<?> exception) {
        return cause != null && cause.isAssignableFrom(exception);
    }

    /** Whether it asks for this exception in particular rather than for whatever comes. */
    boolean names(Class<?> exception) {
        return takes(exception)
                && cause != Throwable.class
                && cause != Exception.class
                && cause != RuntimeException.class;
    }

    /** How specific the exception is that it takes. */
    int depth() {
        int depth = 0;
        for (Class<?> type = cause; type != null; type = type.getSuperclass()) {
            depth++;
        }
        return depth;
    }

    /**
     * Answers a call.
     *
     * @param thrown null only if it takes no exception
     * @throws Throwable what it throws, as it is
     */
    @Nullable
    Object call(MethodInvocation invocation, @Nullable Throwable thrown) throws Throwable {
        return (Object) handle.invokeExact(receiver.of(invocation), invocation.getArguments(), thrown);
    }
}
