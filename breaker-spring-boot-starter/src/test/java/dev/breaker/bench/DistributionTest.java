package dev.breaker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void takesPercentilesAmongTheMeasuredValues() {
        List<Long> milliseconds = LongStream.rangeClosed(1, 1_000)
                .map(i -> (1_001 - i) * 1_000_000)
                .boxed()
                .toList();
        assertThat(Distribution.of(milliseconds)).isEqualTo(new Distribution(1_000, 1, 500, 900, 990, 999, 1_000));
    }

    @Test
    void roundsPercentilesOfFewValuesUp() {
        assertThat(Distribution.of(List.of(3_000_000L, 1_000_000L))).isEqualTo(new Distribution(2, 1, 1, 3, 3, 3, 3));
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> Distribution.of(List.of())).hasMessage("Nothing was measured.");
    }
}
