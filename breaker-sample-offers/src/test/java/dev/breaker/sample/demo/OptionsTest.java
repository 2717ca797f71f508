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
        assertThat(Options.parse()).isEqualTo(new Options(8079, 8081, List.of(8080, 8082), null, 15));
    }

    @Test
    void takesOtherPortsAndARedisOfOnesOwn() {
        assertThat(Options.parse("--page=4", "--partner=1", "--offers=2,3,65535", "--redis=::1:6379", "--wait=5"))
                .isEqualTo(new Options(4, 1, List.of(2, 3, 65535), new Options.Address("::1", 6379), 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--page=8081", "--partner=8080", "--offers=8080,8080", "--offers=8079"})
    void refusesTwoThatWouldListenOnTheSamePort(String arg) {
        assertThatExceptionOfType(DemoException.class)
                .isThrownBy(() -> Options.parse(arg))
                .withMessageMatching(
                        "The ports of the page \\(.*" + arg.replaceAll("\\D+(\\d+).*", "$1") + ".*\\) must differ\\.");
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
                "--page=x",
                "--wait=0",
                "--wait=3601",
                "--colour=blue",
                "now",
            })
    void namesTheArgumentThatIsWrong(String arg) {
        assertThatExceptionOfType(DemoException.class)
                .isThrownBy(() -> Options.parse("--partner=9000", arg))
                .withMessageContaining(arg);
    }
}
