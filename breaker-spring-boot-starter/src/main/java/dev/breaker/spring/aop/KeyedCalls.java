package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.KeyedBreakers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each call of a method through the circuit breaker of its key. A key that cannot be found is no reason to fail a call,
 * which then passes the circuit breaker of the bare name.
 */
final class KeyedCalls implements MethodCalls {

    private static final Logger log = LoggerFactory.getLogger(KeyedCalls.class);
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final GuardedMethod guarded;
    private final KeyExpression key;
    private final KeyedBreakers breakers;
    private final Function<Supplier<Breaker>, MethodCalls> calls;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    /** @param calls makes calls through a circuit that is looked up when they begin */
    KeyedCalls(
            GuardedMethod guarded,
            KeyExpression key,
            KeyedBreakers breakers,
            Function<Supplier<Breaker>, MethodCalls> calls) {
        this.guarded = guarded;
        this.key = key;
        this.breakers = breakers;
        this.calls = calls;
    }

    @Override
    public @Nullable Object make(MethodInvocation invocation) throws Throwable {
        String found = keyOf(invocation);
        return calls.apply(() -> breakers.breaker(found)).make(invocation);
    }

    private @Nullable String keyOf(MethodInvocation invocation) {
        try {
            return key.of(invocation);
        } catch (RuntimeException fault) {
            report(fault);
            return null;
        }
    }

    private void report(RuntimeException fault) {
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET)) {
            log.warn(
                    "{}the key of a call could not be found, which now passes the circuit breaker '{}' (reported once a"
                            + " minute at most)",
                    guarded.invalid("key", guarded.annotation().key()),
                    breakers.name(),
                    fault);
        }
    }
}
