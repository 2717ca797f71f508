package dev.breaker.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

class HttpAnswersTest {

    private static Partner partner;

    @BeforeAll
    static void start() {
        partner = new Partner();
    }

    @AfterAll
    static void stop() {
        partner.close();
    }

    interface Offers {
        @GetExchange
        String offer();
    }

    /** What applications call partners with. */
    enum Client {
        REST_CLIENT {
            @Override
            void call(String url) {
                RestClient.create(url).get().retrieve().toBodilessEntity();
            }
        },
        REST_TEMPLATE {
            @Override
            void call(String url) {
                new RestTemplate().getForObject(url, String.class);
            }
        },
        WEB_CLIENT {
            @Override
            void call(String url) {
                WebClient.builder()
                        .clientConnector(new JdkClientHttpConnector())
                        .baseUrl(url)
                        .build()
                        .get()
                        .retrieve()
                        .bodyToMono(String.class)
                        .block();
            }
        },
        HTTP_INTERFACE {
            @Override
            void call(String url) {
                HttpServiceProxyFactory.builderFor(RestClientAdapter.create(RestClient.create(url)))
                        .build()
                        .createClient(Offers.class)
                        .offer();
            }
        };

        abstract void call(String url);

        Throwable thrownFor(int status, Map<String, String> headers) {
            partner.answers(status, headers);
            return catchThrowable(() -> call(partner.url()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void areClientErrorsIfTheRequestIsWrong(Client client) {
        for (int status : new int[] {400, 401, 403, 404, 409, 418, 422, 499}) {
            assertThat(HttpAnswers.isClientError(client.thrownFor(status, Map.of())))
                    .as("%s", status)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void areNoClientErrorsIfThePartnerIsInTrouble(Client client) {
        for (int status : new int[] {408, 425, 429, 500, 502, 503, 504, 599}) {
            assertThat(HttpAnswers.isClientError(client.thrownFor(status, Map.of())))
                    .as("%s", status)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void askToBeLeftAlone(Client client) {
        assertThat(HttpAnswers.retryAfter(client.thrownFor(429, Map.of("Retry-After", "7"))))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(HttpAnswers.retryAfter(client.thrownFor(503, Map.of("Retry-After", "8"))))
                .isEqualTo(Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @EnumSource
    void doNotAskToBeLeftAloneWithoutTheHeaderOrWithAnotherStatus(Client client) {
        assertThat(HttpAnswers.retryAfter(client.thrownFor(503, Map.of()))).isNull();
        assertThat(HttpAnswers.retryAfter(client.thrownFor(500, Map.of("Retry-After", "8"))))
                .isNull();
        assertThat(HttpAnswers.retryAfter(client.thrownFor(413, Map.of("Retry-After", "8"))))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource
    void areNotThoseOfConnectionsThatFail(Client client) {
        Partner gone = new Partner();
        gone.close();
        Throwable refused = catchThrowable(() -> client.call(gone.url()));
        assertThat(refused).isNotNull();
        assertThat(HttpAnswers.isClientError(refused)).isFalse();
        assertThat(HttpAnswers.retryAfter(refused)).isNull();
    }

    @Test
    void areNotThoseOfAServer() {
        assertThat(HttpAnswers.isClientError(
                        new ResponseStatusException(org.springframework.http.HttpStatus.NOT_FOUND)))
                .isFalse();
    }

    @Test
    void areNotLookedForInCauses() {
        Throwable notFound = Client.REST_CLIENT.thrownFor(404, Map.of());
        assertThat(HttpAnswers.isClientError(new IOException(notFound))).isFalse();
    }
}
