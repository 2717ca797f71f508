package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Finds the fallbacks that an annotation names, and refuses those that cannot answer for the method. */
final class FallbackFinder {

    static final String OTHER_BEAN = "::";

    private final ConfigurableListableBeanFactory beans;
    private final Placeholders placeholders;

    FallbackFinder(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.placeholders = new Placeholders(beans);
    }

    /** @throws InvalidCircuitBreakerException if there is none, or one that does not fit */
    Fallbacks find(GuardedMethod guarded) {
        String reference =
                placeholders.resolved("fallbackMethod", guarded.annotation().fallbackMethod(), guarded);
        if (reference.isEmpty()) {
            return Fallbacks.NONE;
        }
        FallbackFaults faults = new FallbackFaults(guarded, reference);
        int separator = reference.indexOf(OTHER_BEAN);
        if (separator < 0) {
            Class<?> type = guarded.targetClass();
            return find(guarded, reference, type, FallbackReceiver.sameBean(type), faults);
        }
        String bean = reference.substring(0, separator);
        String method = reference.substring(separator + OTHER_BEAN.length());
        if (bean.isBlank() || method.isBlank()) {
            throw faults.malformed();
        }
        Class<?> type = typeOf(bean, faults);
        return find(guarded, method, type, FallbackReceiver.otherBean(beans, bean, type), faults);
    }

    private Class<?> typeOf(String bean, FallbackFaults faults) {
        Class<?> type = beans.containsBean(bean) ? AutoProxyUtils.determineTargetClass(beans, bean) : null;
        if (type == null) {
            throw faults.noSuchBean(bean);
        }
        return ClassUtils.getUserClass(type);
    }

    private static Fallbacks find(
            GuardedMethod guarded, String name, Class<?> owner, FallbackReceiver receiver, FallbackFaults faults) {
        Map<Method, FallbackSignature> fitting = fitting(guarded, name, owner);
        if (fitting.isEmpty()) {
            throw faults.missing(name, owner);
        }
        Map<@Nullable Class<?>, Method> byCause = new HashMap<>();
        List<Fallback> fallbacks = new ArrayList<>();
        fitting.forEach((method, signature) -> {
            if (!returnsTheSame(guarded, method, owner)) {
                throw faults.wrongReturnType(method, owner);
            }
            Method rival = byCause.put(signature.cause(), method);
            if (rival != null) {
                throw faults.ambiguous(rival, method, owner);
            }
            fallbacks.add(fallback(method, owner, signature, receiver, faults));
        });
        return new Fallbacks(fallbacks);
    }

    private static Map<Method, FallbackSignature> fitting(GuardedMethod guarded, String name, Class<?> owner) {
        Map<Method, FallbackSignature> fitting = new LinkedHashMap<>();
        for (Method method : named(name, owner)) {
            FallbackSignature signature = FallbackSignature.of(guarded, method, owner);
            if (signature != null && !method.equals(guarded.method())) {
                fitting.put(method, signature);
            }
        }
        return fitting;
    }

    private static List<Method> named(String name, Class<?> owner) {
        Map<String, Method> closest = new LinkedHashMap<>();
        Lineage.of(owner)
                .methods()
                .filter(method -> method.getName().equals(name))
                .forEach(method -> closest.putIfAbsent(key(method, owner), method));
        return closest.values().stream()
                .filter(method -> !Modifier.isAbstract(method.getModifiers()))
                .toList();
    }

    private static String key(Method method, Class<?> owner) {
        return List.of(Signatures.parameterTypes(method, owner)).toString();
    }

    private static boolean returnsTheSame(GuardedMethod guarded, Method method, Class<?> owner) {
        ResolvableType wanted = guarded.returnType();
        ResolvableType given = ResolvableType.forMethodReturnType(method, owner);
        boolean isVoid = wanted.toClass() == void.class;
        return isVoid == (given.toClass() == void.class) && (isVoid || wanted.isAssignableFromResolvedPart(given));
    }

    private static Fallback fallback(
            Method method,
            Class<?> owner,
            FallbackSignature signature,
            FallbackReceiver receiver,
            FallbackFaults faults) {
        try {
            return new Fallback(method, receiver, FallbackHandles.of(method, owner, signature), signature.cause());
        } catch (IllegalAccessException refused) {
            throw faults.inaccessible(method, owner);
        }
    }
}
