package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverviewTest {

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry =
            BreakerRegistry.builder().ticker(ticker).build();
    private final InstanceView peer =
            new InstanceView("peer", false, Duration.ofSeconds(1), Set.of("circuit-1198"), Map.of());
    private final Overview overview = new Overview("offers", registry, () -> List.of(peer), new Transitions(ticker));

    private List<String> names(String search) {
        return overview.data(null, null, search).circuits().stream()
                .map(CircuitView::name)
                .toList();
    }

    @Test
    void showsOfTooManyCircuitsFirstThoseThatAreNotWellAnywhere() {
        IntStream.range(0, 1_200).forEach(i -> registry.breaker("circuit-%04d".formatted(i)));
        registry.breaker("circuit-1199").forceOpen("maintenance", "anna", null);

        assertThat(names("")).hasSize(1_000).startsWith("circuit-1198", "circuit-1199", "circuit-0000");
        assertThat(names("UIT-119")).hasSize(10).startsWith("circuit-1198", "circuit-1199", "circuit-1190");
    }
}
