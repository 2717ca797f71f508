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
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Routes of Spring Cloud Gateway with the filter CircuitBreaker. */
class GatewayTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    static class Application {
        @Bean
        RouterFunction<ServerResponse> cold() {
            return route(GET("/cold"), request -> ServerResponse.ok().bodyValue("cold"));
        }

        @Bean
        Impatient impatient() {
            return new Impatient();
        }
    }

    /** Stands inside the filters of the routes. */
    static final class Impatient implements GlobalFilter, Ordered {
        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            return exchange.getRequest().getPath().value().equals("/late")
                    ? Mono.error(new TimeoutException("late"))
                    : chain.filter(exchange);
        }

        @Override
        public int getOrder() {
            return 100;
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
                    setting(1, "filters[0].args.statusCodes[0]=500"),
                    setting(2, "id=late"),
                    setting(2, "uri=" + partner.url()),
                    setting(2, "predicates[0]=Path=/late"),
                    setting(2, "filters[0].name=CircuitBreaker"),
                    setting(3, "id=resumed"),
                    setting(3, "uri=http://127.0.0.1:1"),
                    setting(3, "predicates[0]=Path=/resumed"),
                    setting(3, "filters[0].name=CircuitBreaker"),
                    setting(3, "filters[0].args.resumeWithoutError=true"));

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

    @Test
    void areLateWithoutFallbackWhenTheirTimeIsUp() throws Exception {
        assertThat(get("/late").statusCode()).isEqualTo(504);
        assertThat(get("/late").statusCode()).isEqualTo(504);
        assertThat(get("/late").statusCode()).isEqualTo(503);
    }

    @Test
    void areAnsweredWithNothingAfterAFailureIfTheyResumeWithoutError() throws Exception {
        assertThat(get("/resumed").statusCode()).isEqualTo(200);
        assertThat(get("/resumed").statusCode()).isEqualTo(200);
        assertThat(gateway.getBean(BreakerRegistry.class).breaker("resumed").state())
                .isEqualTo(BreakerState.OPEN);
        assertThat(get("/resumed").statusCode()).isEqualTo(503);
    }
}
