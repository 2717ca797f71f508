package dev.breaker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.bench.CommandModel.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandModelTest {

    private static final int STEPS_PER_INTERVAL = 250;
    private static final int INTERVALS = 60;
    private static final int BREAKERS = 5;
    private static final int CALLS_BEFORE = 20;

    private final ManualTicker ticker = new ManualTicker();
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void knowsTheDefaults() {
        CommandModel model = CommandModel.defaults();
        assertThat(1 / model.perCircuit(Traffic.BUSY)).isEqualTo(0.25, within());
        assertThat(1 / model.perCircuit(Traffic.NONE)).isEqualTo(1, within());
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-9);
    }

    @Test
    void multipliesByInstancesCircuitsAndUse() {
        CommandModel model = CommandModel.defaults();
        double busy = model.perCircuit(Traffic.BUSY);
        double idle = model.perCircuit(Traffic.NONE);
        assertThat(model.total(20, 30, 1)).isEqualTo(600 * busy + 4, within());
        assertThat(model.total(20, 30, 0.25)).isEqualTo(150 * busy + 450 * idle + 4, within());
    }

    @ParameterizedTest
    @CsvSource({"250, 1000", "100, 1000", "500, 1000", "2000, 5000", "10000, 10000", "1000, 250"})
    void agreesWithARegistryThatIsBusyOrIdle(long sync, long poll) {
        CommandModel model = CommandModel.of(Duration.ofMillis(sync), Duration.ofMillis(poll));
        assertAgrees(model, new Traffic(200, 0, false));
        assertAgrees(model, Traffic.NONE);
    }

    @ParameterizedTest
    @CsvSource({"0.3, 0", "1, 0", "5, 0", "50, 1", "100, 10"})
    void agreesWithARegistryAtAnyRate(double calls, double failures) {
        assertAgrees(CommandModel.defaults(), new Traffic(calls, failures, false));
    }

    @ParameterizedTest
    @CsvSource({"10, 7", "50, 35", "200, 140"})
    void agreesWithARegistryHalfWayToOpening(double calls, double failures) {
        assertAgrees(CommandModel.defaults(), new Traffic(calls, failures, true));
    }

    private void assertAgrees(CommandModel model, Traffic traffic) {
        assertThat(measured(model, traffic)).isCloseTo(model.perCircuit(traffic), withinPercentage(4));
    }

    /* Of the circuits that open when all fail, those are half-way of which most do. */
    private double measured(CommandModel model, Traffic traffic) {
        try (BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(new InMemoryStore(ticker))
                .syncInterval(duration(model.sync()))
                .pollInterval(duration(model.poll()))
                .configs(name ->
                        BreakerConfig.builder().failureRateThreshold(100).build())
                .build()) {
            for (int i = 0; i < BREAKERS * CALLS_BEFORE; i++) {
                registry.breaker("circuit-" + i % BREAKERS).acquire().success(0);
            }
            long before = registry.exchanges().answered();
            double step = model.sync() / STEPS_PER_INTERVAL;
            double seconds = INTERVALS * Math.max(model.sync(), model.poll());
            for (double at = 0; at < seconds; at += step) {
                ticker.advance(duration(step));
                registry.breakers().forEach(breaker -> maybeCall(breaker, traffic, step));
            }
            return (registry.exchanges().answered() - before) / seconds / BREAKERS;
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private void maybeCall(Breaker breaker, Traffic traffic, double seconds) {
        double chance = random.nextDouble() / seconds;
        if (chance < traffic.failures()) {
            breaker.acquire().failure(new IOException("down"), 0);
        } else if (chance < traffic.calls()) {
            breaker.acquire().success(0);
        }
    }
}
