package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void startsARedisAPartnerAndTwoServicesByDefault() {
        assertThat(Options.parse()).isEqualTo(new Options(8081, List.of(8080, 8082), null));
    }

    @Test
    void takesOtherPortsAndARedisOfOnesOwn() {
        assertThat(Options.parse("--partner=1", "--offers=2,3,65535", "--redis=::1:6379"))
                .isEqualTo(new Options(1, List.of(2, 3, 65535), new Options.Address("::1", 6379)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--partner=0",
                "--partner=65536",
                "--partner=",
                "--partner",
                "--offers=8080,",
                "--offers=a",
                "--redis=localhost",
                "--redis=:6379",
                "--redis=localhost:-1",
                "--colour=blue",
                "now",
            })
    void namesTheArgumentThatIsWrong(String arg) {
        assertThatExceptionOfType(DemoException.class)
                .isThrownBy(() -> Options.parse("--partner=9000", arg))
                .withMessageContaining(arg);
    }
}
