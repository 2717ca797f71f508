package dev.breaker.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.KeyedBreakers;
import dev.breaker.ManualTicker;
import dev.breaker.Permit;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private static final int ROOM = 3;

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry =
            BreakerRegistry.builder().ticker(ticker).build();
    private final EventLog log = new EventLog(registry, ROOM, InstantSource.system());
    private final KeyedBreakers tenants = registry.keyed("partner");

    EventLogTest() {
        registry.addListener(log);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private static void fail(Breaker breaker) {
        breaker.acquire().failure(new IOException("down"), 0);
    }

    @Test
    void forgetsACircuitThatIsRemoved() {
        fail(registry.breaker("another"));
        assertThat(log.events("another")).hasSize(1);
        registry.remove("another");
        ticker.advance(Duration.ZERO);
        assertThat(log.events(null)).isEmpty();
    }

    @Test
    void hasTheRoomOfOneCircuitForAllKeys() {
        for (int key = 0; key < 100; key++) {
            Breaker tenant = tenants.breaker("tenant" + key);
            tenant.metricsOnly("test", "test", null);
            fail(tenant);
        }
        ticker.advance(Duration.ZERO);
        assertThat(log.events(null)).hasSize(2 * ROOM);
        assertThat(log.events("partner[tenant99]")).hasSize(2);
        assertThat(log.events("partner")).isEmpty();
    }

    @Test
    void hasTheRoomOfOneCircuitForAllCallsThatOutliveTheirs() {
        for (int key = 0; key < 100; key++) {
            Permit late = tenants.breaker("tenant" + key).acquire();
            registry.remove("partner[tenant" + key + "]");
            ticker.advance(Duration.ZERO);
            late.failure(new IOException("late"), 0);
        }
        assertThat(log.events(null)).hasSize(ROOM);
    }
}
