package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.sample.Sample;
import org.junit.jupiter.api.Test;

class PartsTest {

    @Test
    void givesOneMoreServiceAPortThatNobodyHas() {
        Parts parts = parts("--offers=65530", "--page=65531", "--partner=65532");

        assertThat(parts.addOffers().port()).isGreaterThan(65_532);
    }

    @Test
    void saysWhenThereIsNoPortForOneMoreService() {
        Parts parts = parts("--offers=8080,65535");

        assertThatExceptionOfType(DemoException.class)
                .isThrownBy(parts::addOffers)
                .withMessage("There is no port left.");
        assertThat(parts.offers()).hasSize(2);
    }

    private static Parts parts(String... args) {
        return new Parts(Sample.class, Options.parse(args), new Local(), System.out::println);
    }
}
