package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/** Matches the classes of beans that need a proxy. */
final class AnnotatedClassPointcut extends StaticMethodMatcherPointcut {

    AnnotatedClassPointcut(AnnotatedMethods methods) {
        setClassFilter(type -> !methods.of(type).isEmpty());
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return true;
    }
}
