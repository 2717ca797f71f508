package dev.breaker.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.ManualTicker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerCloudAutoConfiguration;
import feign.FeignException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FallbackFactory;
import org.springframework.cloud.openfeign.FeignAutoConfiguration;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;

/** OpenFeign clients with fallbacks. */
class OpenFeignTest {

    @FeignClient(name = "offers", url = "${partner.url}", fallbackFactory = Cold.class)
    interface Offers {
        @GetMapping("/offer")
        String offer();
    }

    @FeignClient(name = "prices", url = "${partner.url}")
    interface Prices {
        @GetMapping("/price")
        String price();
    }

    static class Cold implements FallbackFactory<Offers> {
        @Override
        public Offers create(Throwable cause) {
            return () -> "cold: " + cause.getClass().getSimpleName();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableFeignClients(clients = {Offers.class, Prices.class})
    static class Application {
        @Bean
        Cold cold() {
            return new Cold();
        }
    }

    private final SickPartner partner = new SickPartner();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BreakerAutoConfiguration.class, BreakerCloudAutoConfiguration.class, FeignAutoConfiguration.class))
            .withBean(ManualTicker.class)
            .withUserConfiguration(Application.class)
            .withPropertyValues(
                    "partner.url=" + partner.url(),
                    "spring.cloud.openfeign.circuitbreaker.enabled=true",
                    "breaker.configs.offers.minimum-number-of-calls=2",
                    "breaker.defaults.minimum-number-of-calls=3");

    @AfterEach
    void close() {
        partner.close();
    }

    @Test
    void areAnsweredByTheirFallbackAndLeaveAnOpenCircuitsPartnerAlone() {
        runner.run(context -> {
            Offers offers = context.getBean(Offers.class);
            for (int i = 0; i < 3; i++) {
                assertThat(offers.offer()).isEqualTo("cold: InternalServerError");
            }
            assertThat(offers.offer()).isEqualTo("cold: CallNotPermittedException");
            assertThat(partner.requests).hasValue(3);
            assertThat(context.getBean(BreakerRegistry.class).breakers())
                    .singleElement()
                    .satisfies(circuit -> {
                        assertThat(circuit.name()).isEqualTo("Offersoffer");
                        assertThat(circuit.state()).isEqualTo(BreakerState.OPEN);
                    });
        });
    }

    @Test
    void takeTheTemplateOfTheirNameAsGroups() {
        runner.withPropertyValues("spring.cloud.openfeign.circuitbreaker.group.enabled=true")
                .run(context -> {
                    Offers offers = context.getBean(Offers.class);
                    for (int i = 0; i < 4; i++) {
                        offers.offer();
                    }
                    assertThat(partner.requests).hasValue(2);
                });
    }

    @Test
    void failWithTheCauseWithoutFallback() {
        runner.run(context -> {
            Prices prices = context.getBean(Prices.class);
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(NoFallbackAvailableException.class)
                        .isThrownBy(prices::price)
                        .withCauseInstanceOf(FeignException.class);
            }
            assertThatExceptionOfType(NoFallbackAvailableException.class)
                    .isThrownBy(prices::price)
                    .withCauseInstanceOf(CallNotPermittedException.class);
            assertThat(partner.requests).hasValue(3);
        });
    }
}
