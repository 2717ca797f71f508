package dev.breaker.spring.aop;

import java.lang.reflect.Modifier;
import org.springframework.aop.support.AopUtils;

/** Whether a proxy can stand between a guarded method and its callers. */
final class Interceptability {

    private Interceptability() {}

    /** @throws InvalidCircuitBreakerException if the proxy lets calls pass that should be guarded */
    static void check(GuardedMethod guarded, Object proxy) {
        if (guarded.is(Modifier.PRIVATE)) {
            throw unreachable(guarded, "it is private", "Make it public, or annotate the method that calls it.");
        }
        if (guarded.is(Modifier.STATIC)) {
            throw unreachable(
                    guarded, "it is static", "Make it an instance method, or annotate the method that calls it.");
        }
        boolean bySubclass = AopUtils.isCglibProxy(proxy);
        if (bySubclass && guarded.is(Modifier.FINAL)) {
            throw unreachable(guarded, "it is final, and the bean is proxied by a subclass", "Remove final.");
        }
        if (!bySubclass && guarded.annotatedItself() && !isOnInterface(guarded, proxy)) {
            throw unreachable(
                    guarded,
                    "it is on no interface, and the bean is proxied by its interfaces",
                    "Add it to an interface, or set spring.aop.proxy-target-class=true.");
        }
    }

    private static boolean isOnInterface(GuardedMethod guarded, Object proxy) {
        return Lineage.of(proxy.getClass())
                .methods()
                .anyMatch(method ->
                        Lineage.mostSpecific(method, guarded.targetClass()).equals(guarded.method()));
    }

    private static InvalidCircuitBreakerException unreachable(GuardedMethod guarded, String reason, String action) {
        return new InvalidCircuitBreakerException(
                guarded.unfit() + reason + ", so that calls cannot be intercepted.", action);
    }
}
