package dev.breaker.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class BreakersHealthIndicatorTest {

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry = BreakerRegistry.builder()
            .ticker(ticker)
            .store(new InMemoryStore(ticker))
            .instance("offers-1")
            .configs(name ->
                    BreakerConfig.builder().consecutiveFailureThreshold(3).build())
            .build();
    private final Breaker breaker = registry.breaker("partner");

    private MapAssert<String, Object> circuit() {
        Map<?, ?> circuits = (Map<?, ?>) health().getDetails().get("circuits");
        return assertThat(circuits.get("partner"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class));
    }

    private Health health() {
        return new BreakersHealthIndicator(registry).health();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.acquire().failure(new IOException("connection refused"), 0);
        }
    }

    @Test
    void showsStateRatesAndCountsOfAClosedCircuit() {
        breaker.acquire().success(0);
        fail(1);
        ticker.advance(Duration.ofMillis(500));

        circuit()
                .containsEntry("state", BreakerState.CLOSED)
                .containsEntry("scope", BreakerScope.CLUSTER)
                .containsEntry("failureRate", 50.0)
                .containsEntry("calls", 2L)
                .containsEntry("failures", 1L)
                .containsEntry("consecutiveFailures", 1L)
                .containsEntry("lastFailure", "IOException: connection refused")
                .containsEntry("lastFailureAgeMs", 500L)
                .containsEntry("sharing", BreakerSnapshot.Sharing.ACTIVE)
                .containsKey("stalenessMs")
                .doesNotContainKeys("timeLeftOpenMs", "override");
    }

    @Test
    void showsWhyAndForHowLongACircuitIsOpenAndStaysUp() {
        fail(3);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(breaker.tryAcquire()).isNull();

        circuit()
                .containsEntry("state", BreakerState.OPEN)
                .containsEntry("timeLeftOpenMs", 20_000L)
                .containsEntry("cause", "3 failures in a row")
                .containsEntry("rejectedCalls", 1L);
        assertThat(health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void showsAnOverride() {
        breaker.forceOpen("maintenance", "ann", Duration.ofMinutes(5));

        circuit()
                .containsEntry("state", BreakerState.FORCED_OPEN)
                .hasEntrySatisfying(
                        "override",
                        override -> assertThat(override)
                                .isEqualTo(Map.of(
                                        "state",
                                        BreakerState.FORCED_OPEN,
                                        "reason",
                                        "maintenance",
                                        "actor",
                                        "ann",
                                        "sinceMs",
                                        0L,
                                        "expiresInMs",
                                        300_000L)));
    }

    @Test
    void showsTheConditionOfTheStore() {
        assertThat(health().getDetails().get("sharing"))
                .isEqualTo(Map.of("status", BreakerSnapshot.Sharing.ACTIVE, "store", "memory", "instance", "offers-1"));
    }
}
