package dev.breaker.spring.cloud;

import dev.breaker.Breaker;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;

/** A circuit for calls that return their result. */
final class BlockingBreaker implements CircuitBreaker {

    private final Breaker breaker;

    BlockingBreaker(Breaker breaker) {
        this.breaker = breaker;
    }

    @Override
    public <T extends @Nullable Object> T run(Supplier<T> toRun, Function<@Nullable Throwable, T> fallback) {
        try {
            return breaker.call(toRun::get);
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (Throwable thrown) {
            T answer = fallback.apply(thrown);
            breaker.countFallback();
            return answer;
        }
    }
}
