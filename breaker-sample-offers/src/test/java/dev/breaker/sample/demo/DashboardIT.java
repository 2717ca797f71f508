package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.sample.offers.StubPartner;
import dev.breaker.spring.browser.RealBrowser;
import dev.breaker.spring.browser.Tab;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator's page of one of two offer services, in a real browser, while the partner fails and Redis is killed. */
class DashboardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CIRCUIT = ".row";

    private final int redisPort = Ports.free();
    private final Part redis = new Part("redis", redisPort, new Redis(redisPort), System.out::println);
    private final StubPartner partner = new StubPartner();
    private final OffersProcess first = new OffersProcess(partner.port(), redisPort, Duration.ofSeconds(2));
    private final OffersProcess second = new OffersProcess(partner.port(), redisPort, Duration.ofSeconds(2));
    private final List<Part> parts = List.of(redis, first.part, second.part);
    private final RealBrowser browser = RealBrowser.start();
    private final Tab page = browser.tab();

    @BeforeEach
    void start() throws InterruptedException {
        parts.forEach(Part::launch);
        for (Part part : parts) {
            part.awaitListening();
        }
        await("hot")
                .atMost(PATIENCE)
                .until(() -> first.temperature().equals("HOT")
                        && second.temperature().equals("HOT"));
    }

    @AfterEach
    void stop() {
        browser.close();
        partner.close();
        parts.stream().map(Part::stop).toList().forEach(ended -> ended.join());
    }

    @Test
    void showsACircuitThatOpensIsForcedReleasedReloadedAndLosesItsStore() throws InterruptedException {
        page.open("http://127.0.0.1:" + second.part.port() + "/actuator/breakerdashboard");
        page.awaitText("#service", "offers").awaitText(CIRCUIT, "Closed").awaitText("#store", "Store answers");

        partner.status = 503;
        for (int call = 0; call < 3; call++) {
            assertThat(first.temperature()).isEqualTo("COLD");
        }
        page.awaitText(CIRCUIT, "Open").awaitText("#transitions", "3 failures in a row");

        page.click(CIRCUIT + " .summary").click("[data-action=forceOpen]").type("the partner moves");
        page.click("#decision-submit").awaitText(CIRCUIT, "Forced open").awaitText(CIRCUIT, "the partner moves");
        await("forced everywhere")
                .atMost(PATIENCE)
                .until(() -> first.circuit().state().equals("FORCED_OPEN"));

        partner.behave();
        page.reload().awaitText(CIRCUIT + " .facts", "the partner moves");
        page.click("[data-action=release]").type("it has moved").click("#decision-submit");
        await("hot again").atMost(PATIENCE).until(() -> first.temperature().equals("HOT"));
        page.awaitText(CIRCUIT, "Closed");

        redis.kill();
        page.awaitText("#store", "Store away").awaitText("#away", "does not answer");
        page.awaitText("#live", "Live").reload().awaitText("#store", "Store away");
        redis.launch();
        page.awaitText("#store", "Store answers");

        assertThat(page.errors()).isEmpty();
    }
}
