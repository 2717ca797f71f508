package dev.breaker.spring.aop;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;

/** The advice of each guarded method, and its place among that of others. */
final class BreakerAdvisors {

    private final Map<GuardedMethod, BreakerInterceptor> interceptors = new ConcurrentHashMap<>();
    private final Function<GuardedMethod, MethodCalls> calls;

    BreakerAdvisors(Function<GuardedMethod, MethodCalls> calls) {
        this.calls = calls;
    }

    /**
     * Finds the circuit breakers of all methods known by now; first those with a template, which others of the same name then
     * have too.
     */
    void prepare() {
        List.copyOf(interceptors.entrySet()).stream()
                .sorted(Comparator.comparing(
                        entry -> entry.getKey().annotation().config().isEmpty()))
                .forEach(entry -> entry.getValue().prepare());
    }

    /** Puts the advice of each method where a placeholder for all of them stands, but not outside {@code @Async}. */
    void replace(Advisor placeholder, Iterable<GuardedMethod> methods, Advised proxy) {
        int place = proxy.indexOf(placeholder);
        if (place < 0) {
            return;
        }
        proxy.removeAdvisor(placeholder);
        place = Math.max(place, behindAsync(proxy));
        for (GuardedMethod guarded : methods) {
            proxy.addAdvisor(place++, new DefaultPointcutAdvisor(new BreakerPointcut(guarded), of(guarded)));
        }
    }

    private BreakerInterceptor of(GuardedMethod guarded) {
        return interceptors.computeIfAbsent(guarded, method -> new BreakerInterceptor(() -> calls.apply(method)));
    }

    /* Outside @Async, a circuit breaker would see no more than the submission of the call. */
    private static int behindAsync(Advised proxy) {
        Advisor[] advisors = proxy.getAdvisors();
        for (int i = advisors.length; i > 0; i--) {
            if (advisors[i - 1].getAdvice() instanceof AsyncExecutionInterceptor) {
                return i;
            }
        }
        return 0;
    }
}
