package dev.breaker.bench;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.consumer.CircularEventConsumer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;

/** A kind of circuit breaker whose memory is measured. */
enum Subject {
    TIME("time-based, 10 s", true),
    TIME_SHARED("time-based, 10 s, shared", true),
    COUNT("count-based, 100 calls", true),
    COUNT_SHARED("count-based, 100 calls, shared", true),
    RESILIENCE4J_TIME("Resilience4j: time-based, 10 s", false),
    RESILIENCE4J_COUNT("Resilience4j: count-based, 100 calls", false),
    RESILIENCE4J_EVENTS("Resilience4j: count-based, with its starter's events", false);

    private static final InMemoryStore STORE = new InMemoryStore(Ticker.system());

    final String label;
    final boolean ours;

    Subject(String label, boolean ours) {
        this.label = label;
        this.ours = ours;
    }

    /**
     * A registry without circuits.
     *
     * @param root from where all of its memory can be reached
     * @param calls creates the circuit of a number and returns what makes a call through it
     */
    record Population(Object root, IntFunction<Callable<String>> calls) {}

    Population population() {
        return switch (this) {
            case TIME -> breakers(false, SlidingWindowType.TIME_BASED, 10);
            case TIME_SHARED -> breakers(true, SlidingWindowType.TIME_BASED, 10);
            case COUNT -> breakers(false, SlidingWindowType.COUNT_BASED, 100);
            case COUNT_SHARED -> breakers(true, SlidingWindowType.COUNT_BASED, 100);
            case RESILIENCE4J_TIME -> resilience4j(true, 10, false);
            case RESILIENCE4J_COUNT -> resilience4j(false, 100, false);
            case RESILIENCE4J_EVENTS -> resilience4j(false, 100, true);
        };
    }

    private static Population breakers(boolean shared, SlidingWindowType type, int size) {
        BreakerConfig config = BreakerConfig.builder()
                .slidingWindowType(type)
                .slidingWindowSize(size)
                .build();
        BreakerRegistry.Builder builder = BreakerRegistry.builder().configs(name -> config);
        BreakerRegistry registry = (shared ? builder.store(elsewhere()) : builder).build();
        return population(registry, number -> registry.breaker("partner-" + number)::call);
    }

    /* What the store holds is in Redis, not here: it is kept where a walk along references does not come. */
    private static SharedStore elsewhere() {
        return (SharedStore) Proxy.newProxyInstance(
                Subject.class.getClassLoader(),
                new Class<?>[] {SharedStore.class},
                (proxy, method, arguments) -> method.invoke(STORE, arguments));
    }

    private static Population resilience4j(boolean timeBased, int size, boolean events) {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowType(
                        timeBased
                                ? CircuitBreakerConfig.SlidingWindowType.TIME_BASED
                                : CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(size)
                .minimumNumberOfCalls(10)
                .waitDurationInOpenState(Duration.ofSeconds(30))
                .build();
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(config);
        return population(registry, number -> {
            CircuitBreaker breaker = registry.circuitBreaker("partner-" + number);
            if (events) {
                breaker.getEventPublisher().onEvent(new CircularEventConsumer<>(100));
            }
            return breaker::executeCallable;
        });
    }

    private static Population population(Object root, IntFunction<Guard> calls) {
        Callable<String> body = () -> "offer";
        return new Population(root, number -> {
            Guard call = calls.apply(number);
            return () -> call.call(body);
        });
    }

    /** Makes a call. */
    private interface Guard {

        String call(Callable<String> body) throws Exception;
    }
}
