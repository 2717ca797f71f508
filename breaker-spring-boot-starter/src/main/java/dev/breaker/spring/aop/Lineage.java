package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** A bean's class with all it inherits from, closest first: the classes below {@link Object}, then the interfaces. */
record Lineage(Class<?> type, List<Class<?>> types) {

    static Lineage of(Class<?> type) {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class && !c.isInterface(); c = c.getSuperclass()) {
            if (!Proxy.isProxyClass(type)) {
                types.add(c);
            }
        }
        types.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
        return new Lineage(type, types);
    }

    /** Methods that somebody wrote, including those that others override. */
    Stream<Method> methods() {
        return types.stream().flatMap(Lineage::written);
    }

    static Stream<Method> written(Class<?> type) {
        return Stream.of(ReflectionUtils.getDeclaredMethods(type)).filter(method -> !method.isSynthetic());
    }

    Method mostSpecific(Method method) {
        return mostSpecific(method, type);
    }

    /** What is called when the given method is called on a bean of the given class. */
    static Method mostSpecific(Method method, Class<?> type) {
        return Proxy.isProxyClass(type)
                ? BridgeMethodResolver.findBridgedMethod(method)
                : AopUtils.getMostSpecificMethod(method, type);
    }
}
