package dev.breaker.spring.probe;

import dev.breaker.HealthProbe;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Makes a health probe of what a property names: a bean of type {@link HealthProbe}, {@link Runnable}, {@link Callable} or
 * {@link BooleanSupplier}, or a method without parameters as {@code bean::method}. Whatever throws or answers false has failed.
 * The bean itself is fetched when the probe first runs. Safe for use by many threads.
 */
public final class HealthProbeFinder {

    private static final String METHOD = "::";
    private static final List<Class<?>> TYPES =
            List.of(HealthProbe.class, BooleanSupplier.class, Callable.class, Runnable.class);

    private final ConfigurableListableBeanFactory beans;

    /** Finds probes among the given beans. */
    public HealthProbeFinder(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /**
     * Finds what is named without creating it. Equal names make equal probes.
     *
     * @param reference {@code bean} or {@code bean::method}
     * @throws IllegalArgumentException if there is no such bean or method, or one that cannot serve; the message says why
     */
    public HealthProbe find(String reference) {
        int separator = reference.indexOf(METHOD);
        if (separator < 0) {
            return new BeanProbe(beans, reference, kind(reference));
        }
        String bean = reference.substring(0, separator);
        String method = reference.substring(separator + METHOD.length());
        if (bean.isBlank() || method.isBlank()) {
            throw new IllegalArgumentException("Must be a bean's name or have the form bean::method");
        }
        return new MethodProbe(beans, bean, method(bean, method));
    }

    /**
     * The method that a probe calls by reflection, if it does.
     *
     * @throws IllegalArgumentException as {@link #find}
     */
    public Optional<Method> called(String reference) {
        return find(reference) instanceof MethodProbe probe ? Optional.of(probe.method()) : Optional.empty();
    }

    private Class<?> kind(String bean) {
        Class<?> type = known(bean, beans.containsBean(bean) ? beans.getType(bean) : null);
        List<Class<?>> kinds =
                TYPES.stream().filter(kind -> kind.isAssignableFrom(type)).toList();
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("Bean '" + bean + "' is a " + type.getName() + ", not a "
                    + names(TYPES, ", ") + "; implement one of them, or name a method as " + bean + "::method");
        }
        if (kinds.size() > 1 && kinds.get(0) != HealthProbe.class) {
            throw new IllegalArgumentException("Bean '" + bean + "' is ambiguous, a " + names(kinds, " and a ")
                    + "; name one of its methods as " + bean + "::method");
        }
        return kinds.get(0);
    }

    private Method method(String bean, String name) {
        Class<?> type = ClassUtils.getUserClass(
                known(bean, beans.containsBean(bean) ? AutoProxyUtils.determineTargetClass(beans, bean) : null));
        Method found = ReflectionUtils.findMethod(type, name);
        if (found == null) {
            throw new IllegalArgumentException(type.getName() + " has no method " + name + "() without parameters"
                    + others(type, name) + "; add it, or correct the name");
        }
        if (Answer.isAsynchronous(found.getReturnType())) {
            throw new IllegalArgumentException(type.getName() + "." + name + "() returns a "
                    + found.getReturnType().getSimpleName()
                    + ", which says nothing before it ends; let it return when the answer is known");
        }
        return accessible(Proxy.isProxyClass(type) ? ClassUtils.getInterfaceMethodIfPossible(found, type) : found);
    }

    private static Class<?> known(String bean, @Nullable Class<?> type) {
        if (type == null) {
            throw new IllegalArgumentException(
                    "There is no bean named '" + bean + "', or its class is unknown; define it, or correct its name");
        }
        return type;
    }

    private static String others(Class<?> type, String name) {
        String others = Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                .filter(method -> method.getName().equals(name))
                .map(method -> name + "(" + names(List.of(method.getParameterTypes()), ", ") + ")")
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
        return others.isEmpty() ? "" : ", only " + others;
    }

    private static String names(List<Class<?>> types, String separator) {
        return types.stream().map(Class::getSimpleName).collect(Collectors.joining(separator));
    }

    /* What was found may be shared with others; this copy is ours. */
    private static Method accessible(Method found) {
        try {
            Method own = found.getDeclaringClass().getDeclaredMethod(found.getName());
            if (own.trySetAccessible()) {
                return own;
            }
        } catch (NoSuchMethodException vanished) {
            throw new IllegalStateException(vanished);
        }
        throw new IllegalArgumentException(found.getDeclaringClass().getName() + "." + found.getName()
                + "() is not accessible; open its package to dev.breaker.spring");
    }
}
