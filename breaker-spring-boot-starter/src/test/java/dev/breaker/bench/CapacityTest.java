package dev.breaker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.bench.CommandModel.Traffic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CapacityTest {

    /* 10,000 commands a second. */
    private final Capacity half = new Capacity(50e-6, 0.5);

    @Test
    void turnsCoresIntoCommands() {
        assertThat(half.commandsPerSecond()).isEqualTo(10_000);
        assertThat(half.masters(9_999)).isEqualTo(1);
        assertThat(half.masters(10_001)).isEqualTo(2);
    }

    @Test
    void turnsCommandsIntoCircuits() {
        CommandModel model = CommandModel.defaults();
        assertThat(half.circuits(model, Traffic.BUSY)).isEqualTo(2_500);
        assertThat(half.circuits(model, Traffic.NONE)).isEqualTo(10_000);
    }

    @Test
    void findsTheShortestIntervalThatFitsOneRedis() {
        assertThat(half.syncInterval(10, 249)).contains(Duration.ofMillis(250));
        assertThat(half.syncInterval(10, 250)).contains(Duration.ofMillis(500));
        assertThat(half.syncInterval(100, 199)).contains(Duration.ofSeconds(2));
    }

    @Test
    void findsNoIntervalForMoreThanOneRedisCanDo() {
        assertThat(half.syncInterval(1_000, 1_000)).isEmpty();
    }

    @Test
    void pollsNoMoreOftenThanItSynchronises() {
        assertThat(Capacity.model(Duration.ofMillis(500)).poll()).isEqualTo(1);
        assertThat(Capacity.model(Duration.ofSeconds(10)).poll()).isEqualTo(10);
    }
}
