package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Sends each call through the circuit breaker of its method, which is looked up without making garbage. */
final class BreakerInterceptor implements MethodInterceptor {

    /** The calls of one method: nearly always of beans of one class, else of others too. */
    private record Calls(Class<?> type, GuardedCall call, ConcurrentHashMap<Class<?>, GuardedCall> ofOtherTypes) {}

    private final ConcurrentHashMap<Method, Calls> calls = new ConcurrentHashMap<>();
    private final BiFunction<Method, Class<?>, GuardedCall> factory;

    /** @param factory makes the calls of a method on beans of a class */
    BreakerInterceptor(BiFunction<Method, Class<?>, GuardedCall> factory) {
        this.factory = factory;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Method method = invocation.getMethod();
        Object target = invocation.getThis();
        Class<?> type = target != null ? target.getClass() : method.getDeclaringClass();
        Calls known = calls.get(method);
        GuardedCall call = known != null && known.type == type ? known.call : find(method, type);
        return call.make(invocation);
    }

    /* Made outside the maps' locks: making a call may run code of the application. */
    private GuardedCall find(Method method, Class<?> type) {
        Calls known = calls.get(method);
        GuardedCall call = known == null ? null : known.ofOtherTypes.get(type);
        if (call != null) {
            return call;
        }
        GuardedCall made = factory.apply(method, type);
        Calls first = calls.putIfAbsent(method, new Calls(type, made, new ConcurrentHashMap<>()));
        if (first != null) {
            first.ofOtherTypes.putIfAbsent(type, made);
        }
        return made;
    }
}
