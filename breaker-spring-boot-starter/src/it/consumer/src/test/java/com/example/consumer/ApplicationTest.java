package com.example.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** What somebody has who follows the first page, with a partner that is never there and without a Redis. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.data.redis.port=1")
class ApplicationTest {

    @Autowired
    private PartnerOffers offers;

    @Value("${local.server.port}")
    private int port;

    @Test
    void theFallbackAnswersAndHealthShowsTheOpenCircuit() throws Exception {
        for (int call = 0; call < 4; call++) {
            assertThat(offers.bestOffer("anna")).isEqualTo("a cold offer for anna");
        }
        assertThat(health())
                .startsWith("200")
                .contains("\"partner-offers\":{\"state\":\"OPEN\"", "\"cause\":\"3 failures in a row\"");
    }

    private String health() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
