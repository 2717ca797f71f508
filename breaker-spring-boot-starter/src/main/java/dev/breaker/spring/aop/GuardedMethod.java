package dev.breaker.spring.aop;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.lang.reflect.Method;
import org.springframework.core.ResolvableType;

/**
 * A method with a circuit breaker around it.
 *
 * @param method the most specific one, that of the bean's class if it has it
 * @param targetClass the bean's class
 * @param annotation what applies to it
 * @param annotatedItself whether the annotation is the method's own rather than that of a type
 */
record GuardedMethod(Method method, Class<?> targetClass, CircuitBreaker annotation, boolean annotatedItself) {

    Class<?>[] parameterTypes() {
        return Signatures.parameterTypes(method, targetClass);
    }

    ResolvableType returnType() {
        return ResolvableType.forMethodReturnType(method, targetClass);
    }

    boolean is(int modifier) {
        return (method.getModifiers() & modifier) != 0;
    }

    /** The beginning of a message about one of the annotation's attributes. */
    String invalid(String attribute, String value) {
        return "Invalid " + attribute + " (" + value + ") for circuit breaker '" + annotation.name() + "' on " + this
                + ": ";
    }

    /** The beginning of a message about the method itself. */
    String unfit() {
        return "Circuit breaker '" + annotation.name() + "' on " + this + " cannot work: ";
    }

    @Override
    public String toString() {
        return method.getDeclaringClass().getName() + "." + Signatures.describe(method, targetClass);
    }
}
