package dev.breaker.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.ManualTicker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerCloudAutoConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.circuitbreaker.httpservice.HttpServiceFallback;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** HTTP services of Spring Framework with the fallbacks of Spring Cloud. */
class HttpServiceTest {

    interface Offers {
        @GetExchange("/offer")
        String offer();
    }

    /** As Spring Cloud wants it: public, and the cause before the arguments. */
    public static class Cold {
        public Cold() {}

        public String offer(Throwable cause) {
            return "cold: " + cause.getClass().getSimpleName();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "partner", types = Offers.class)
    @HttpServiceFallback(Cold.class)
    static class Application {
        @Bean
        RestClientHttpServiceGroupConfigurer partnerUrl(Environment environment) {
            return groups -> groups.forEachClient(
                    (group, client) -> client.baseUrl(environment.getRequiredProperty("partner.url")));
        }
    }

    private final SickPartner partner = new SickPartner();

    @AfterEach
    void close() {
        partner.close();
    }

    @Test
    void areAnsweredByTheirFallbackAndLeaveAnOpenCircuitsPartnerAlone() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BreakerAutoConfiguration.class,
                        BreakerCloudAutoConfiguration.class,
                        CommonsClientAutoConfiguration.class))
                .withBean(ManualTicker.class)
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "partner.url=" + partner.url(), "breaker.instances.partner.minimum-number-of-calls=2")
                .run(context -> {
                    Offers offers = context.getBean(Offers.class);
                    assertThat(offers.offer()).isEqualTo("cold: InternalServerError");
                    assertThat(offers.offer()).isEqualTo("cold: InternalServerError");
                    assertThat(offers.offer()).isEqualTo("cold: CallNotPermittedException");
                    assertThat(partner.requests).hasValue(2);
                    assertThat(context.getBean(BreakerRegistry.class)
                                    .find("partner")
                                    .orElseThrow()
                                    .state())
                            .isEqualTo(BreakerState.OPEN);
                });
    }
}
