package dev.breaker.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Routes of Spring Cloud Gateway with the filter CircuitBreaker. */
class GatewayTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    static class Application {
        @Bean
        RouterFunction<ServerResponse> cold() {
            return route(GET("/cold"), request -> ServerResponse.ok().bodyValue("cold"));
        }
    }

    private final SickPartner partner = new SickPartner();
    private final ConfigurableApplicationContext gateway = new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.REACTIVE)
            .run(
                    "--server.port=0",
                    "--spring.cloud.gateway.server.webflux.enabled=true",
                    "--breaker.defaults.minimum-number-of-calls=2",
                    setting(0, "id=offers"),
                    setting(0, "uri=" + partner.url()),
                    setting(0, "predicates[0]=Path=/offer"),
                    setting(0, "filters[0].name=CircuitBreaker"),
                    setting(0, "filters[0].args.statusCodes[0]=500"),
                    setting(0, "filters[0].args.fallbackUri=forward:/cold"),
                    setting(1, "id=prices"),
                    setting(1, "uri=" + partner.url()),
                    setting(1, "predicates[0]=Path=/price"),
                    setting(1, "filters[0].name=CircuitBreaker"),
                    setting(1, "filters[0].args.statusCodes[0]=500"));

    private static String setting(int route, String setting) {
        return "--spring.cloud.gateway.server.webflux.routes[" + route + "]." + setting;
    }

    @AfterEach
    void close() {
        gateway.close();
        partner.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port") + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void areForwardedToTheirFallbackAndLeaveAnOpenCircuitsPartnerAlone() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(get("/offer").body()).isEqualTo("cold");
        }
        assertThat(partner.requests).hasValue(2);
        assertThat(gateway.getBean(BreakerRegistry.class).breaker("offers").state())
                .isEqualTo(BreakerState.OPEN);
    }

    @Test
    void areUnavailableWithoutFallbackWhenTheCircuitIsOpen() throws Exception {
        assertThat(get("/price").statusCode()).isEqualTo(500);
        assertThat(get("/price").statusCode()).isEqualTo(500);
        assertThat(get("/price").statusCode()).isEqualTo(503);
        assertThat(partner.requests).hasValue(2);
    }
}
