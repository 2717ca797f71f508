package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/** Matches one guarded method, by whatever declaration of it a bean is called. */
final class BreakerPointcut extends StaticMethodMatcherPointcut {

    private final GuardedMethod guarded;

    BreakerPointcut(GuardedMethod guarded) {
        this.guarded = guarded;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return method.getName().equals(guarded.method().getName())
                && Lineage.mostSpecific(method, guarded.targetClass()).equals(guarded.method());
    }

    /** Spring takes this for the identity of the pointcut: beans of one class then have one class of proxies. */
    @Override
    public String toString() {
        return "circuit breaker on " + guarded;
    }
}
