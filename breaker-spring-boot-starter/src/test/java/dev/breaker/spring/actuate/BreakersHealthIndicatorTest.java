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
import java.util.function.Predicate;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
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
        return health(name -> false);
    }

    private Health health(Predicate<String> affecting) {
        HealthRules rules = new HealthRules(
                name -> !name.equals("hidden"),
                affecting,
                Map.of(BreakerState.OPEN, Status.DOWN, BreakerState.METRICS_ONLY, new Status("WATCHED")),
                StatusAggregator.getDefault());
        return new BreakersHealthIndicator(registry, rules).health();
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

    @Test
    void isUpWhateverTheStateOfCircuitsThatDoNotAffectIt() {
        fail(3);
        assertThat(health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void isWhatTheWorstStateOfThoseThatDoMeans() {
        assertThat(health("partner"::equals).getStatus()).isEqualTo(Status.UP);
        registry.breaker("another").forceOpen("test", "test", null);
        assertThat(health("partner"::equals).getStatus()).isEqualTo(Status.UP);
        fail(3);
        assertThat(health("partner"::equals).getStatus()).isEqualTo(Status.DOWN);
        breaker.metricsOnly("test", "test", null);
        assertThat(health("partner"::equals).getStatus()).isEqualTo(new Status("WATCHED"));
    }

    @Test
    void hidesCircuitsThatItIsToldTo() {
        registry.breaker("hidden");
        assertThat(health().getDetails().get("circuits"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsOnlyKeys("partner");
    }

    @Test
    void summarizesCircuitsWithKeys() {
        for (int i = 0; i < 30; i++) {
            Breaker tenant = registry.keyed("tenants").breaker("t" + i);
            for (int failure = 0; i > 4 && failure < 3; failure++) {
                tenant.acquire().failure(new IOException("down"), 0);
            }
        }
        Health health = health(name -> true);
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        Map<?, ?> keyed = (Map<?, ?>) health.getDetails().get("keyed");
        Map<?, ?> tenants = (Map<?, ?>) keyed.get("tenants");
        assertThat(tenants.get("keys")).isEqualTo(30);
        assertThat(tenants.get("states")).isEqualTo(Map.of(BreakerState.CLOSED, 5, BreakerState.OPEN, 25));
        assertThat((Map<?, ?>) tenants.get("notClosed")).hasSize(20);
        assertThat(health.getDetails().get("circuits"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsOnlyKeys("partner", "tenants");
    }
}
