package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends SharedStoreContract {

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore store = new InMemoryStore(ticker);

    InMemoryStoreTest() {
        ticker.advance(Duration.ofHours(1));
    }

    @Override
    protected SharedStore store() {
        return store;
    }

    @Override
    protected void advance(Duration time) {
        ticker.advance(time);
    }

    @Test
    void givesNoEpochOutTwiceThoughItForgotEverything() {
        SharedState closed = new SharedState(0, Kind.CLOSED, Duration.ZERO, Duration.ZERO, 0, "a", "test", Probes.NONE);
        long before = epochAfter(closed);
        store.clear();
        ticker.advance(Duration.ofMillis(1));
        assertThat(epochAfter(closed)).isGreaterThan(before);
    }

    /** An application context that ends closes its beans. */
    @Test
    void goesOnForOthersWhenOneOfThemClosesIt() {
        try (BreakerRegistry one = registry();
                BreakerRegistry other = registry()) {
            Breaker there = other.breaker("partner");
            ticker.advance(Duration.ofSeconds(1));
            registry().close();
            store.close();
            one.breaker("partner").forceOpen("test", "test", null);
            ticker.advance(Duration.ZERO);
            assertThat(there.state()).isEqualTo(BreakerState.FORCED_OPEN);
        }
    }

    private BreakerRegistry registry() {
        return BreakerRegistry.builder().ticker(ticker).store(store).build();
    }

    private long epochAfter(SharedState next) {
        return store.transition("partner", 0, next).toCompletableFuture().join().epoch();
    }
}
