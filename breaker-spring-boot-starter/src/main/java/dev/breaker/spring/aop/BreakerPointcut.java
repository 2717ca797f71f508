package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/** Matches the methods that have a circuit breaker around them. */
final class BreakerPointcut extends StaticMethodMatcherPointcut {

    private final AnnotatedMethods methods;

    BreakerPointcut(AnnotatedMethods methods) {
        this.methods = methods;
        setClassFilter(type -> !methods.of(type).isEmpty());
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return methods.find(method, targetClass) != null;
    }
}
