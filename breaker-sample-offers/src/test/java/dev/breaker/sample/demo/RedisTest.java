package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisTest {

    private final String system = System.getProperty("os.name");

    @AfterEach
    void comeHome() {
        System.setProperty("os.name", system);
    }

    @Test
    void saysWhatToDoOnASystemThatThereIsNoRedisFor() {
        System.setProperty("os.name", "Windows 11");

        assertThatExceptionOfType(DemoException.class)
                .isThrownBy(() -> new Redis(Ports.free()).launch())
                .withMessageContaining("Windows 11")
                .withMessageContaining("--redis=localhost:6379");
    }
}
