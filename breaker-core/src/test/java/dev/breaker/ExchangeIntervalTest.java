package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.breaker.shared.Batch;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often circuits exchange with the store, though only a tick every 100 ms notices that it is time to. */
class ExchangeIntervalTest {

    private static final int INTERVALS = 400;

    private final ManualTicker ticker = new ManualTicker();
    private final Map<String, Set<Long>> moments = new TreeMap<>();
    private final InterceptedStore store = new InterceptedStore(new InMemoryStore(ticker)) {
        @Override
        public CompletionStage<SyncReply> sync(
                String breaker, WindowSpec window, String instance, @Nullable Batch batch) {
            moments.computeIfAbsent(breaker, name -> new TreeSet<>()).add(ticker.read());
            return super.sync(breaker, window, instance, batch);
        }

        @Override
        <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
            return real.get();
        }
    };

    private void live(Duration syncInterval, Duration pollInterval, boolean busy) {
        BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(store)
                .syncInterval(syncInterval)
                .pollInterval(pollInterval)
                .build();
        List<Breaker> circuits = List.of(registry.breaker("one"), registry.breaker("two"));
        Duration interval = busy ? syncInterval : pollInterval;
        for (int i = 0; i < 10 * INTERVALS; i++) {
            if (busy) {
                circuits.forEach(circuit -> circuit.acquire().success(0));
            }
            ticker.advance(interval.dividedBy(10));
        }
    }

    private Set<Long> momentsOf(String circuit) {
        return moments.getOrDefault(circuit, Set.of());
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 120, 250, 300, 1010})
    void isTheSynchronisationIntervalOnAverageWithNews(long millis) {
        live(Duration.ofMillis(millis), Duration.ofSeconds(10), true);
        assertThat(momentsOf("one").size()).isCloseTo(INTERVALS, withinPercentage(4));
    }

    @ParameterizedTest
    @ValueSource(longs = {250, 1000, 1550})
    void isThePollIntervalOnAverageWithoutNews(long millis) {
        live(Duration.ofMillis(250), Duration.ofMillis(millis), false);
        assertThat(momentsOf("one").size()).isCloseTo(INTERVALS, withinPercentage(4));
    }

    @ParameterizedTest
    @ValueSource(longs = {250, 300})
    void doesNotKeepThoseTogetherThatStartedTogether(long millis) {
        live(Duration.ofMillis(millis), Duration.ofSeconds(1), true);
        Set<Long> common = new HashSet<>(momentsOf("one"));
        common.retainAll(momentsOf("two"));
        assertThat(common.size()).isBetween(INTERVALS / 5, 3 * INTERVALS / 5);
    }
}
