package dev.breaker.spring.aop;

import static org.springframework.core.annotation.AnnotatedElementUtils.findMergedAnnotation;
import static org.springframework.core.annotation.AnnotatedElementUtils.isAnnotated;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Knows which methods of a bean's class have a circuit breaker around them. */
final class AnnotatedMethods {

    private final Map<Class<?>, Collection<GuardedMethod>> known = new ConcurrentHashMap<>();
    private final BiPredicate<String, String> means;

    /** @param means whether an attribute, which may hold placeholders, means a text */
    AnnotatedMethods(BiPredicate<String, String> means) {
        this.means = means;
    }

    /** The guarded methods of a bean's class; none for most classes. */
    Collection<GuardedMethod> of(Class<?> targetClass) {
        return known.computeIfAbsent(ClassUtils.getUserClass(targetClass), this::scan);
    }

    private Collection<GuardedMethod> scan(Class<?> type) {
        Lineage lineage = Lineage.of(type);
        if (lineage.types().stream().noneMatch(AnnotatedMethods::mentions)) {
            return List.of();
        }
        Map<Method, GuardedMethod> guarded = annotatedThemselves(lineage);
        Map<Method, GuardedMethod> byType = annotatedByType(lineage);
        byType.keySet().removeAll(guarded.keySet());
        guarded.putAll(byType);
        Set<Method> fallbacks = byType.values().stream()
                .filter(method -> servesAnother(method, guarded.values()))
                .map(GuardedMethod::method)
                .collect(Collectors.toSet());
        guarded.keySet().removeAll(fallbacks);
        return List.copyOf(guarded.values());
    }

    /* A quick look that spares the full search for nearly all classes. */
    private static boolean mentions(Class<?> type) {
        return isAnnotated(type, CircuitBreaker.class)
                || Lineage.written(type).anyMatch(method -> isAnnotated(method, CircuitBreaker.class));
    }

    private static Map<Method, GuardedMethod> annotatedThemselves(Lineage lineage) {
        Map<Method, GuardedMethod> found = new LinkedHashMap<>();
        lineage.methods().forEach(method -> {
            Method specific = lineage.mostSpecific(method);
            CircuitBreaker annotation = findMergedAnnotation(specific, CircuitBreaker.class);
            if (annotation == null) {
                annotation = findMergedAnnotation(method, CircuitBreaker.class);
            }
            if (annotation != null) {
                found.putIfAbsent(specific, new GuardedMethod(specific, lineage.type(), annotation, true));
            }
        });
        return found;
    }

    private static Map<Method, GuardedMethod> annotatedByType(Lineage lineage) {
        Map<Method, GuardedMethod> found = new LinkedHashMap<>();
        MergedAnnotation<CircuitBreaker> ofClass = MergedAnnotations.from(lineage.type(), SearchStrategy.SUPERCLASS)
                .get(CircuitBreaker.class);
        if (ofClass.isPresent()) {
            CircuitBreaker annotation = ofClass.synthesize();
            lineage.methods()
                    .filter(method -> !isFinalAbove(method, ofClass))
                    .forEach(method -> cover(method, lineage, annotation, found));
        }
        lineage.types().stream().filter(Class::isInterface).forEach(type -> {
            CircuitBreaker annotation = findMergedAnnotation(type, CircuitBreaker.class);
            if (annotation != null) {
                Lineage.of(type).methods().forEach(method -> cover(method, lineage, annotation, found));
            }
        });
        return found;
    }

    private static void cover(
            Method method, Lineage lineage, CircuitBreaker annotation, Map<Method, GuardedMethod> found) {
        if (isCoveredByType(method)) {
            Method specific = lineage.mostSpecific(method);
            found.putIfAbsent(specific, new GuardedMethod(specific, lineage.type(), annotation, false));
        }
    }

    private static boolean isCoveredByType(Method method) {
        return !Modifier.isPrivate(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !ReflectionUtils.isObjectMethod(method)
                && !(method.getName().equals("finalize") && method.getParameterCount() == 0);
    }

    /* What a library's superclass keeps final is none of the annotated class's business. */
    private static boolean isFinalAbove(Method method, MergedAnnotation<CircuitBreaker> annotation) {
        return Modifier.isFinal(method.getModifiers())
                && annotation.getSource() instanceof Class<?> annotated
                && !annotated.isAssignableFrom(method.getDeclaringClass());
    }

    private boolean servesAnother(GuardedMethod candidate, Collection<GuardedMethod> guarded) {
        return guarded.stream()
                .filter(other -> !other.equals(candidate))
                .filter(other -> means.test(
                        other.annotation().fallbackMethod(), candidate.method().getName()))
                .anyMatch(other -> FallbackSignature.of(other, candidate.method(), candidate.targetClass()) != null);
    }
}
