package dev.breaker.sample.offers;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.breaker.BreakerRegistry;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.json.AbstractJsonContentAssert;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** The offer service as a whole, alone: sharing is off, and each test begins with a circuit that knows of no call. */
@SpringBootTest(
        properties = {
            "breaker.shared.enabled=false",
            "spring.http.clients.connect-timeout=3s",
            "spring.http.clients.read-timeout=3s"
        })
@AutoConfigureMockMvc
@ActiveProfiles("offers")
class OffersApplicationTest {

    static final StubPartner PARTNER = new StubPartner();

    @Autowired
    MockMvcTester mvc;

    @DynamicPropertySource
    static void partner(DynamicPropertyRegistry properties) {
        properties.add("partner.url", PARTNER::url);
    }

    @BeforeEach
    void behave(@Autowired BreakerRegistry breakers) {
        PARTNER.behave();
        breakers.breaker(PartnerOffers.CIRCUIT).reset("a new test", "test");
    }

    @AfterAll
    static void stopPartner() {
        PARTNER.close();
    }

    @Test
    void servesThePartnersOfferHot() {
        get("/offers/anna").isStrictlyEqualTo("""
                        {"customer":"anna","title":"An umbrella","temperature":"HOT","servedBy":"offers-8080"}
                        """);
    }

    @Test
    void servesItsOwnOfferColdWhenThePartnerFails() {
        PARTNER.status = 503;

        get("/offers/anna").isStrictlyEqualTo("""
                        {"customer":"anna","title":"%s","temperature":"COLD","servedBy":"offers-8080"}
                        """.formatted(new Catalogue().titleFor("anna")));
    }

    @Test
    void doesNotWaitForAPartnerThatHangs() throws Exception {
        PARTNER.hangs = true;

        assertThat(temperature("anna")).isEqualTo("COLD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "<html>"})
    void takesAnAnswerWithoutAnOfferForAFailure(String answer) throws Exception {
        PARTNER.body = answer;

        assertThat(temperature("anna")).isEqualTo("COLD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "ä€", "{x}", "*", "a?b=c", "..."})
    void servesCustomersWithUnusualNames(String customer) {
        assertThat(mvc.get().uri("/offers/{customer}", customer))
                .hasStatusOk()
                .bodyJson()
                .extractingPath("$.customer")
                .isEqualTo(customer);
        assertThat(PARTNER.requests).hasValue(1);
    }

    @Test
    void leavesThePartnerAloneAfterThreeFailuresInARow() throws Exception {
        PARTNER.status = 503;
        for (int call = 0; call < 3; call++) {
            assertThat(temperature("anna")).isEqualTo("COLD");
        }

        get("/offers/circuit")
                .hasPathSatisfying("$.state", state -> state.assertThat().isEqualTo("OPEN"));
        for (int call = 0; call < 10; call++) {
            assertThat(temperature("bob")).isEqualTo("COLD");
        }
        assertThat(PARTNER.requests).hasValue(3);
    }

    @Test
    void staysClosedWhileFailuresAreNotInARow() throws Exception {
        for (int call = 0; call < 9; call++) {
            PARTNER.status = call % 3 == 2 ? 200 : 503;
            assertThat(temperature("anna")).isEqualTo(call % 3 == 2 ? "HOT" : "COLD");
        }
        assertThat(PARTNER.requests).hasValue(9);
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
    void countsWhatItServesAndWhy() throws Exception {
        temperature("anna");
        PARTNER.status = 503;
        for (int call = 0; call < 5; call++) {
            temperature("anna");
        }

        get("/offers/status").isStrictlyEqualTo("""
                        {"hot":1,"cold":5,"failures":3,"rejected":2,"last":"COLD"}
                        """);
    }

    @Test
    void showsTheCircuit() {
        get("/offers/circuit").isLenientlyEqualTo("""
                        {
                          "name": "partner-offers",
                          "state": "CLOSED",
                          "scope": "INSTANCE",
                          "counts": {"calls": 0, "failures": 0, "slow": 0, "consecutiveFailures": 0},
                          "sharing": "OFF"
                        }
                        """).doesNotHavePath("$.timeLeftOpen");
    }

    @Test
    void showsTheCircuitInItsHealth() {
        get("/actuator/health").hasPath("$.components.breakers").doesNotHavePath("$.components.redis");
    }

    @Test
    void hasNoBeansOfOtherRoles(@Autowired ApplicationContext context) {
        assertThat(Stream.of(context.getBeanDefinitionNames()).map(context::getType))
                .filteredOn(type -> type != null && type.getName().startsWith("dev.breaker.sample."))
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.getPackageName()).isEqualTo("dev.breaker.sample.offers"));
    }

    private String temperature(String customer) throws Exception {
        var answer = mvc.get().uri("/offers/" + customer).exchange();
        assertThat(answer).hasStatusOk();
        return JsonPath.read(answer.getResponse().getContentAsString(), "$.temperature");
    }

    private AbstractJsonContentAssert<?> get(String path) {
        return assertThat(mvc.get().uri(path)).hasStatusOk().bodyJson();
    }
}
