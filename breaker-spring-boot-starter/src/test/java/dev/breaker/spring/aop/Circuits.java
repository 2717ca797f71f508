package dev.breaker.spring.aop;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Counts;
import dev.breaker.KeyedBreakers;
import dev.breaker.ManualTicker;
import dev.breaker.Outcome;
import dev.breaker.OutcomeClassifier;
import dev.breaker.OutcomeRules;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.Ordered;

/**
 * An application context with circuit breakers on a manual clock. They judge an {@link IllegalArgumentException} as none of the
 * partner's business and the result "bad" as failure, and open after two failures.
 */
final class Circuits implements AutoCloseable {

    static final BreakerConfig CONFIG = BreakerConfig.builder()
            .minimumNumberOfCalls(2)
            .failureRateThreshold(100)
            .permittedNumberOfCallsInHalfOpenState(1)
            .halfOpenAcquireTimeout(Duration.ofMinutes(1))
            .classifier(Circuits::classify)
            .build();

    /** That of the circuit "timed", which takes what lasts longer than a second for slow. */
    private static final BreakerConfig TIMED = BreakerConfig.builder()
            .slowCallDurationThreshold(Duration.ofSeconds(1))
            .build();

    /** That of the circuit "strict", to which a cancellation by the partner is a failure. */
    private static final BreakerConfig STRICT = BreakerConfig.builder()
            .classifier(OutcomeRules.builder()
                    .recordExceptions(CancellationException.class)
                    .build())
            .build();

    private static final Map<String, BreakerConfig> SPECIAL = Map.of("timed", TIMED, "strict", STRICT);

    final ManualTicker ticker = new ManualTicker();
    final List<String> resolved = new CopyOnWriteArrayList<>();
    final BreakerRegistry registry;
    final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    private Circuits(@Nullable SharedStore store, int order, Consumer<AnnotationConfigApplicationContext> settings) {
        BreakerRegistry.Builder builder =
                BreakerRegistry.builder().ticker(ticker).configs(name -> SPECIAL.getOrDefault(name, CONFIG));
        registry = (store == null ? builder : builder.store(store)).build();
        context.registerBean(
                CircuitBreakerPostProcessor.class, () -> new CircuitBreakerPostProcessor(breakers(context), order));
        settings.accept(context);
        context.registerBean("breakerResolver", BreakerResolver.class, Resolver::new);
    }

    private static ObjectProvider<BreakerResolver> breakers(AnnotationConfigApplicationContext context) {
        return context.getBeanProvider(BreakerResolver.class);
    }

    private static Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
        if (thrown instanceof IllegalArgumentException
                || (thrown instanceof LinkageError
                        && String.valueOf(thrown.getMessage()).startsWith("none of"))) {
            return Outcome.IGNORED;
        }
        return "bad".equals(result)
                ? Outcome.FAILURE
                : OutcomeClassifier.standard().classify(result, thrown);
    }

    private final class Resolver implements BreakerResolver {

        @Override
        public Breaker resolve(String name, String config) {
            resolved.add(config.isEmpty() ? name : name + "/" + config);
            return registry.breaker(name);
        }

        @Override
        public KeyedBreakers keyed(String name) {
            return registry.keyed(name);
        }
    }

    static Circuits around(Class<?>... beans) {
        return started(null, Ordered.LOWEST_PRECEDENCE, context -> context.register(beans));
    }

    static Circuits sharedThrough(SharedStore store, Class<?>... beans) {
        return started(store, Ordered.LOWEST_PRECEDENCE, context -> context.register(beans));
    }

    static Circuits ordered(int order, Class<?>... beans) {
        return started(null, order, context -> context.register(beans));
    }

    static Circuits with(Consumer<AnnotationConfigApplicationContext> settings) {
        return started(null, Ordered.LOWEST_PRECEDENCE, settings);
    }

    private static Circuits started(
            @Nullable SharedStore store, int order, Consumer<AnnotationConfigApplicationContext> settings) {
        Circuits circuits = new Circuits(store, order, settings);
        circuits.context.refresh();
        return circuits;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Breaker breaker(String name) {
        return registry.find(name).orElseThrow(() -> new AssertionError("no circuit " + name + " yet"));
    }

    void open(String name) {
        registry.breaker(name).forceOpen("test", "test", null);
    }

    /** Opens a circuit by failures and waits until it admits a probe. */
    void awaitProbe(String name) {
        for (int i = 0; i < 2; i++) {
            breaker(name).acquire().failure(new IllegalStateException("down"), 0);
        }
        ticker.advance(CONFIG.waitDurationInOpenState().plus(Duration.ofSeconds(1)));
    }

    Counts counts(String name) {
        return breaker(name).snapshot().counts();
    }

    @Override
    public void close() {
        context.close();
        registry.close();
    }
}
