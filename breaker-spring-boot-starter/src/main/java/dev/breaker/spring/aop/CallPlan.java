package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about the calls of a guarded method before its circuit breaker exists.
 *
 * @param guarded the method
 * @param name name of the circuit
 * @param config name of the template, or empty
 * @param key how to find the key of a call, null if all calls have one circuit
 */
record CallPlan(
        GuardedMethod guarded,
        String name,
        String config,
        @Nullable KeyExpression key,
        ReturnKind kind,
        Fallbacks fallbacks) {

    MethodCalls with(BreakerResolver breakers) {
        Breaker breaker = breakers.resolve(name, config);
        return key == null ? call(breaker) : new KeyedCalls(guarded, key, breakers.keyed(name), this::call);
    }

    /* Who subscribes may do so, or do so again, when the circuit of the key has been removed and has a successor. */
    private MethodCalls call(Supplier<Breaker> breaker) {
        return kind == ReturnKind.REACTIVE
                ? ReactiveCall.each(() -> new ReactiveCall(breaker.get(), fallbacks, guarded), guarded)
                : call(breaker.get());
    }

    private GuardedCall call(Breaker breaker) {
        return switch (kind) {
            case PLAIN -> new PlainCall(breaker, fallbacks);
            case STAGE -> new StageCall(breaker, fallbacks);
            case FUTURE -> new FutureCall(breaker, fallbacks);
            case REACTIVE -> new ReactiveCall(breaker, fallbacks, guarded);
        };
    }
}
