package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a fallback takes its arguments.
 *
 * @param takesArguments whether it takes those of the guarded method
 * @param cause type of its last parameter, the exception; null if it takes none
 */
record FallbackSignature(boolean takesArguments, @Nullable Class<?> cause) {

    /** How a method can stand in for a guarded one; null if its parameters do not fit. */
    static @Nullable FallbackSignature of(GuardedMethod guarded, Method method, Class<?> owner) {
        Class<?>[] own = guarded.parameterTypes();
        Class<?>[] taken = Signatures.parameterTypes(method, owner);
        if (Arrays.equals(own, taken)) {
            return new FallbackSignature(true, null);
        }
        if (taken.length == 0 || !Throwable.class.isAssignableFrom(taken[taken.length - 1])) {
            return null;
        }
        Class<?> cause = taken[taken.length - 1];
        if (Arrays.equals(own, Arrays.copyOf(taken, taken.length - 1))) {
            return new FallbackSignature(true, cause);
        }
        return taken.length == 1 ? new FallbackSignature(false, cause) : null;
    }
}
