package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LastFailureTest {

    private final LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());

    @Test
    void hasNoAgeBeforeItHappens() {
        assertThat(circuit.breaker.snapshot().lastFailureAge()).isNull();
    }

    @Test
    void growsOlderUntilTheNext() {
        circuit.fails(1).afterSeconds(30);
        assertThat(circuit.breaker.snapshot().lastFailureAge()).isEqualTo(Duration.ofSeconds(30));
        circuit.fails(1).afterSeconds(2);
        assertThat(circuit.breaker.snapshot().lastFailureAge()).isEqualTo(Duration.ofSeconds(2));
    }
}
