package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.core.ResolvableType;

/** Reads and writes signatures of methods as they look from a class that may bind their type variables. */
final class Signatures {

    private Signatures() {}

    static Class<?>[] parameterTypes(Method method, Class<?> owner) {
        return types(method, owner).map(ResolvableType::toClass).toArray(Class<?>[]::new);
    }

    /** Such as {@code hot(Customer, int)}. */
    static String describe(Method method, Class<?> owner) {
        return method.getName() + list(Arrays.stream(parameterTypes(method, owner)));
    }

    /** Such as {@code (Customer, int)}. */
    static String list(Stream<Class<?>> types) {
        return types.map(Class::getSimpleName).collect(Collectors.joining(", ", "(", ")"));
    }

    /** The line that declares a fallback for everything that can happen to a method. */
    static String declaration(GuardedMethod guarded, String name) {
        Parameter[] parameters = guarded.method().getParameters();
        ResolvableType[] types = types(guarded.method(), guarded.targetClass()).toArray(ResolvableType[]::new);
        String own = IntStream.range(0, types.length)
                .mapToObj(i -> brief(types[i]) + " " + parameters[i].getName() + ", ")
                .collect(Collectors.joining());
        return brief(guarded.returnType()) + " " + name + "(" + own + "Throwable cause)";
    }

    static String brief(ResolvableType type) {
        return type.toString().replaceAll("\\b[a-z_][\\w]*\\.", "").replace('$', '.');
    }

    private static Stream<ResolvableType> types(Method method, Class<?> owner) {
        return IntStream.range(0, method.getParameterCount())
                .mapToObj(i -> ResolvableType.forMethodParameter(method, i, owner));
    }
}
