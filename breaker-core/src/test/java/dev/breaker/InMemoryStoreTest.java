package dev.breaker;

import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreContract;
import java.time.Duration;

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
}
