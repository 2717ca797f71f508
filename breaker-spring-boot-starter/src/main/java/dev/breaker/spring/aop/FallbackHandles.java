package dev.breaker.spring.aop;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

/**
 * Makes fallbacks of all shapes callable in one way, as (receiver, arguments, cause), without touching the accessibility of a
 * {@link Method} that others may hold.
 */
final class FallbackHandles {

    private static final MethodType CALL = methodType(Object.class, Object.class, Object[].class, Throwable.class);

    private FallbackHandles() {}

    static MethodHandle of(Method method, Class<?> owner, FallbackSignature signature) throws IllegalAccessException {
        MethodHandle handle = direct(method, owner).asFixedArity();
        if (Modifier.isStatic(method.getModifiers())) {
            handle = MethodHandles.dropArguments(handle, 0, Object.class);
        }
        int causes = signature.cause() == null ? 0 : 1;
        handle = signature.takesArguments()
                ? handle.asSpreader(1, Object[].class, handle.type().parameterCount() - 1 - causes)
                : MethodHandles.dropArguments(handle, 1, Object[].class);
        if (causes == 0) {
            handle = MethodHandles.dropArguments(handle, 2, Throwable.class);
        }
        return handle.asType(CALL);
    }

    /* A default method of a bean that is nothing but a proxy must not be called through that proxy. */
    private static MethodHandle direct(Method method, Class<?> owner) throws IllegalAccessException {
        Lookup lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup());
        boolean onProxy = owner.isInterface() || Proxy.isProxyClass(owner);
        return onProxy && method.isDefault()
                ? lookup.unreflectSpecial(method, method.getDeclaringClass())
                : lookup.unreflect(method);
    }
}
