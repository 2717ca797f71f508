package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ReflectionUtils;

/** A bean's class with all it inherits from, closest first: the classes below {@link Object}, then the interfaces. */
record Lineage(Class<?> type, List<Class<?>> types) {

    static Lineage of(Class<?> type) {
        Set<Class<?>> classes = new LinkedHashSet<>();
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            if (!c.isInterface() && !Proxy.isProxyClass(type)) {
                classes.add(c);
            }
            collectInterfaces(c, interfaces);
        }
        classes.addAll(interfaces);
        return new Lineage(type, List.copyOf(classes));
    }

    private static void collectInterfaces(Class<?> type, Set<Class<?>> interfaces) {
        if (type.isInterface()) {
            interfaces.add(type);
        }
        for (Class<?> parent : type.getInterfaces()) {
            collectInterfaces(parent, interfaces);
        }
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
