package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import dev.breaker.Ticker;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What {@code breaker.health.status} makes of the health of the circuits. */
class HealthStatusTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withBean(Ticker.class, ManualTicker::new)
            .withConfiguration(
                    AutoConfigurations.of(BreakerAutoConfiguration.class, BreakerHealthAutoConfiguration.class))
            .withPropertyValues("breaker.defaults.affects-health=true");

    private static void check(ApplicationContextRunner runner, String expected, Consumer<BreakerRegistry> before) {
        runner.run(context -> {
            before.accept(context.getBean(BreakerRegistry.class));
            assertThat(context.getBean(HealthIndicator.class)
                            .health()
                            .getStatus()
                            .getCode())
                    .isEqualTo(expected);
        });
    }

    private static void forceOpen(BreakerRegistry registry) {
        registry.breaker("forced").forceOpen("test", "ann", null);
    }

    private static void watch(BreakerRegistry registry) {
        registry.breaker("watched").metricsOnly("test", "ann", null);
    }

    private static void disable(BreakerRegistry registry) {
        registry.breaker("disabled").disable("test", "ann", null);
    }

    @Test
    void isDownForAForcedOpenCircuitUnlessAnotherIsNamed() {
        check(runner, "DOWN", HealthStatusTest::forceOpen);
        check(
                runner.withPropertyValues("breaker.health.status.forced-open=OUT_OF_SERVICE"),
                "OUT_OF_SERVICE",
                HealthStatusTest::forceOpen);
    }

    @Test
    void isTheOneThatIsNamedAlsoIfItIsNotRankedOrRankedBelowUp() {
        for (String status : new String[] {"DEGRADED", "UNKNOWN"}) {
            check(runner.withPropertyValues("breaker.health.status.forced-open=" + status), status, registry -> {
                registry.breaker("well");
                forceOpen(registry);
            });
        }
    }

    @Test
    void isTheRankedOneOfSeveral() {
        check(runner.withPropertyValues("breaker.health.status.metrics-only=DEGRADED"), "DOWN", registry -> {
            watch(registry);
            forceOpen(registry);
        });
    }

    @Test
    void isTheFirstByNameOfSeveralThatAreNotRanked() {
        check(
                runner.withPropertyValues(
                        "breaker.health.status.metrics-only=DEGRADED", "breaker.health.status.disabled=ASLEEP"),
                "ASLEEP",
                registry -> {
                    watch(registry);
                    disable(registry);
                });
    }

    @Test
    void isTheOneThatTheAggregatorOfTheApplicationChooses() {
        StatusAggregator gentle = statuses -> Status.OUT_OF_SERVICE;
        check(
                runner.withBean(StatusAggregator.class, () -> gentle)
                        .withPropertyValues("breaker.health.status.metrics-only=DEGRADED"),
                "OUT_OF_SERVICE",
                registry -> {
                    watch(registry);
                    forceOpen(registry);
                });
    }
}
