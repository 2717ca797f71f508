package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.ResolvableType;

/** Words for what can be wrong with the fallbacks of a method. */
final class FallbackFaults {

    private final GuardedMethod guarded;
    private final String problem;

    FallbackFaults(GuardedMethod guarded, String reference) {
        this.guarded = guarded;
        this.problem = guarded.invalid("fallbackMethod", reference);
    }

    InvalidCircuitBreakerException malformed() {
        return fault(
                "must be a method's name or have the form bean::method.", "Write both names, or only the method's.");
    }

    InvalidCircuitBreakerException noSuchBean(String bean) {
        return fault(
                "there is no bean named '" + bean + "', or its class is unknown.",
                "Define that bean, or correct its name.");
    }

    InvalidCircuitBreakerException missing(String name, Class<?> owner) {
        String found = Lineage.of(owner)
                .methods()
                .filter(method -> method.getName().equals(name) && !method.equals(guarded.method()))
                .map(method -> Signatures.describe(method, owner))
                .distinct()
                .collect(Collectors.joining(" and "));
        return fault(
                owner.getName() + " has no method of that name that takes " + expected()
                        + (found.isEmpty() ? "." : "; it has " + found + "."),
                "Add a method to " + owner.getName() + " such as\n\n    " + Signatures.declaration(guarded, name)
                        + " { ... }\n\nor correct the name." + hint(name, owner));
    }

    private String expected() {
        List<Class<?>> own = List.of(guarded.parameterTypes());
        return Stream.of(
                        own.stream(),
                        Stream.concat(own.stream(), Stream.of(Throwable.class)),
                        Stream.<Class<?>>of(Throwable.class))
                .map(Signatures::list)
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    private String hint(String name, Class<?> owner) {
        return Lineage.of(owner)
                .methods()
                .filter(method -> !method.equals(guarded.method()) && isSimilar(name, method.getName()))
                .filter(method -> FallbackSignature.of(guarded, method, owner) != null)
                .map(method -> " Did you mean " + method.getName() + "?")
                .findFirst()
                .orElse("");
    }

    private static boolean isSimilar(String name, String other) {
        String a = name.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int common = Math.min(3, Math.min(a.length(), b.length()));
        return a.contains(b) || b.contains(a) || a.regionMatches(0, b, 0, common);
    }

    InvalidCircuitBreakerException wrongReturnType(Method method, Class<?> owner) {
        ResolvableType returned = ResolvableType.forMethodReturnType(method, owner);
        return fault(
                Signatures.describe(method, owner) + " returns " + Signatures.brief(returned) + ", not "
                        + Signatures.brief(guarded.returnType()) + ".",
                "Declare it as\n\n    " + Signatures.declaration(guarded, method.getName()) + " { ... }");
    }

    InvalidCircuitBreakerException ambiguous(Method one, Method other, Class<?> owner) {
        return fault(
                Signatures.describe(one, owner) + " and " + Signatures.describe(other, owner)
                        + " answer for the same exceptions.",
                "Remove one of them, or give them different types of exception.");
    }

    InvalidCircuitBreakerException inaccessible(Method method, Class<?> owner) {
        return fault(
                Signatures.describe(method, owner) + " is not accessible.",
                "Open package " + method.getDeclaringClass().getPackageName() + " of module "
                        + method.getDeclaringClass().getModule().getName() + " to dev.breaker.spring.");
    }

    private InvalidCircuitBreakerException fault(String rule, String action) {
        return new InvalidCircuitBreakerException(problem + rule, action);
    }
}
