package dev.breaker.spring.aop;

/**
 * All that is known about the calls of a guarded method before its circuit breaker exists.
 *
 * @param name name of the circuit
 * @param config name of the template, or empty
 */
record CallPlan(String name, String config, ReturnKind kind, Fallbacks fallbacks) {

    GuardedCall with(BreakerResolver breakers) {
        var breaker = breakers.resolve(name, config);
        return switch (kind) {
            case PLAIN -> new PlainCall(breaker, fallbacks);
            case STAGE -> new StageCall(breaker, fallbacks);
            case FUTURE -> new FutureCall(breaker, fallbacks);
        };
    }
}
