package dev.breaker.sample.partner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.json.AbstractJsonContentAssert;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@WebMvcTest(properties = {"FAIL_RATE=0", "DELAY_MS=3"})
@ActiveProfiles("partner")
class PartnerControllerTest {

    @Autowired
    MockMvcTester mvc;

    @Autowired
    PartnerController partner;

    @Autowired
    Faults atStart;

    @BeforeEach
    void behave() {
        assertThat(misbehave("{\"failRate\":0,\"delayMs\":0}")).hasStatusOk();
    }

    @Test
    void offersSomethingHot() {
        assertThat(mvc.get().uri("/partner/offers/anna"))
                .hasStatusOk()
                .bodyJson()
                .hasPathSatisfying(
                        "$.customer", customer -> assertThat(customer).isEqualTo("anna"))
                .hasPathSatisfying(
                        "$.title", title -> assertThat(title).asString().isNotBlank());
    }

    @Test
    void failsWhenToldTo() {
        assertThat(misbehave("{\"failRate\":100,\"delayMs\":0}")).hasStatusOk();

        assertThat(mvc.get().uri("/partner/offers/anna")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
    }

    @Test
    void countsRequestsAndFailures() {
        PartnerController.Status before = partner.status();

        assertThat(mvc.get().uri("/partner/offers/anna")).hasStatusOk();
        misbehave("{\"failRate\":100}");
        assertThat(mvc.get().uri("/partner/offers/anna")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);

        assertThat(mvc.get().uri("/partner/status"))
                .hasStatusOk()
                .bodyJson()
                .isStrictlyEqualTo(
                        "{\"requests\":%d,\"failed\":%d}".formatted(before.requests() + 2, before.failed() + 1));
    }

    @Test
    void showsItsFaultsAndTakesWhatIsNotGivenForZero() {
        misbehave("{\"failRate\":70,\"delayMs\":20}");
        faults().isStrictlyEqualTo("{\"failRate\":70,\"delayMs\":20}");

        misbehave("{\"failRate\":5}");
        faults().isStrictlyEqualTo("{\"failRate\":5,\"delayMs\":0}");
    }

    @Test
    void startsWithTheFaultsOfTheEnvironment() {
        assertThat(atStart).isEqualTo(new Faults(0, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"failRate\":101}             | Invalid failRate (101): must be between 0 and 100.",
                "{\"failRate\":-1}              | Invalid failRate (-1): must be between 0 and 100.",
                "{\"delayMs\":60001}            | Invalid delayMs (60001): must be between 0 and 60000.",
                "{\"failrate\":70}              | Unrecognized property \"failrate\"",
                "{\"failRate\":\"many\"}        | not a valid",
                "{\"failRate\":                 | Unexpected end-of-input",
            })
    void refusesWhatItCannotDoAndSaysWhy(String body, String reason) {
        misbehave("{\"failRate\":1,\"delayMs\":2}");

        assertThat(misbehave(body))
                .hasStatus(HttpStatus.BAD_REQUEST)
                .bodyJson()
                .hasPathSatisfying(
                        "$.detail", detail -> assertThat(detail).asString().contains(reason));
        faults().isStrictlyEqualTo("{\"failRate\":1,\"delayMs\":2}");
    }

    private MvcTestResult misbehave(String body) {
        return mvc.post()
                .uri("/partner/faults")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private AbstractJsonContentAssert<?> faults() {
        return assertThat(mvc.get().uri("/partner/faults")).hasStatusOk().bodyJson();
    }
}
