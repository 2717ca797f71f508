package dev.breaker.spring.cloud;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.ManualTicker;
import dev.breaker.Outcome;
import dev.breaker.OutcomeClassifier;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Circuits on a manual clock that open after two failures and then make one probe; an {@link IllegalArgumentException} is none
 * of the partner's business. The questions are about the circuit "partner".
 */
final class LocalCircuits implements FactoryCircuits, AutoCloseable {

    private static final BreakerConfig CONFIG = BreakerConfig.builder()
            .minimumNumberOfCalls(2)
            .failureRateThreshold(100)
            .permittedNumberOfCallsInHalfOpenState(1)
            .halfOpenAcquireTimeout(Duration.ofMinutes(1))
            .classifier((result, thrown) -> thrown instanceof IllegalArgumentException
                    ? Outcome.IGNORED
                    : "bad".equals(result)
                            ? Outcome.FAILURE
                            : OutcomeClassifier.standard().classify(result, thrown))
            .build();

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry;

    LocalCircuits() {
        registry =
                BreakerRegistry.builder().ticker(ticker).configs(name -> CONFIG).build();
    }

    LocalCircuits(Function<ManualTicker, SharedStore> store) {
        registry = BreakerRegistry.builder()
                .ticker(ticker)
                .configs(name -> CONFIG)
                .store(store.apply(ticker))
                .build();
    }

    @Override
    public Breaker circuit(String id, @Nullable String group, @Nullable Function<String, BreakerConfig> defaults) {
        return registry.breaker(id);
    }

    @Override
    public BreakerConfig settings(String id) {
        return CONFIG;
    }

    @Override
    public void configure(String id, UnaryOperator<BreakerConfig> change) {
        throw new UnsupportedOperationException("all circuits are alike here");
    }

    private Breaker partner() {
        return registry.breaker("partner");
    }

    BreakerState state() {
        return partner().state();
    }

    long calls() {
        return partner().snapshot().counts().calls();
    }

    long failures() {
        return partner().snapshot().counts().failures();
    }

    long fallbacks() {
        return partner().totals().fallbacks();
    }

    void open() {
        for (int i = 0; i < 2; i++) {
            partner().acquire().failure(new IllegalStateException("down"), 0);
        }
    }

    /** Opens the circuit and waits until it makes its one probe. */
    void awaitProbe() {
        open();
        ticker.advance(CONFIG.waitDurationInOpenState().plus(Duration.ofSeconds(1)));
    }

    @Override
    public void close() {
        registry.close();
    }
}
