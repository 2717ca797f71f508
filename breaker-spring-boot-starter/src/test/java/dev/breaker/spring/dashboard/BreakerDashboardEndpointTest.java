package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import dev.breaker.shared.Probes;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a browser gets, over HTTP. */
class BreakerDashboardEndpointTest {

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static JsonNode data(Service service) {
        return json(Service.get(service.page() + "/data", "Accept", "application/json"));
    }

    @Nested
    class Page {

        @ParameterizedTest
        @ValueSource(strings = {"servlet", "reactive"})
        void isOneDocumentThatMayLoadNothingFromElsewhere(String kind) {
            try (Service service = new Service("spring.main.web-application-type=" + kind)) {
                HttpResponse<String> page = Service.get(service.page(), "Accept", "text/html,*/*;q=0.8");
                assertThat(page.statusCode()).isEqualTo(200);
                assertThat(page.headers().firstValue("Content-Type").orElseThrow())
                        .isEqualToIgnoringCase("text/html;charset=UTF-8");
                assertThat(page.body())
                        .startsWith("<!DOCTYPE html>")
                        .contains("default-src 'none'", "script-src 'sha256-", "style-src 'sha256-")
                        .doesNotContain("unsafe-", "{{", "<link rel=\"stylesheet\"", "src=\"");
                assertThat(data(service).get("service").asString()).isEqualTo("offers");
                assertThat(Service.get(service.page() + "/anything").statusCode())
                        .isEqualTo(404);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "management.endpoints.web.exposure.include=health,breakers",
                    "management.endpoint.breakerdashboard.access=none"
                })
        void isThereOnlyWhereTheEndpointIsExposed(String property) {
            try (Service service = new Service(property)) {
                assertThat(Service.get(service.page()).statusCode()).isEqualTo(404);
            }
        }

        @Test
        void isServedOnThePortOfTheManagement() {
            try (Service service = new Service(
                    "management.server.port=0",
                    "management.server.address=127.0.0.1",
                    "management.endpoints.web.base-path=/manage")) {
                String port = service.application.getEnvironment().getProperty("local.management.port");
                String page = "http://127.0.0.1:" + port + "/manage/breakerdashboard";
                assertThat(Service.get(page).body()).startsWith("<!DOCTYPE html>");
                assertThat(json(Service.get(page + "/data")).get("decisions").asString())
                        .isEqualTo("breakers");
                assertThat(Service.get(service.page()).statusCode()).isEqualTo(404);
            }
        }
    }

    @Nested
    class Decisions {

        @ParameterizedTest
        @CsvSource({
            "breakers, breakerdashboard, breakers",
            "circuits, ops/page, ../circuits",
            "/circuits, /ops/page, ../circuits"
        })
        void areTakenWhereTheEndpointIs(String breakers, String page, String decisions) {
            try (Service service = new Service(
                    "management.endpoints.web.path-mapping.breakers=" + breakers,
                    "management.endpoints.web.path-mapping.breakerdashboard=" + page)) {
                JsonNode data = json(Service.get(service.url(("/actuator/" + page + "/data").replace("//", "/"))));
                assertThat(data.get("decisions").asString()).isEqualTo(decisions);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "management.endpoint.breakers.access=read-only",
                    "management.endpoints.web.exposure.exclude=breakers"
                })
        void areNotTakenWhereTheEndpointOnlyShows(String property) {
            try (Service service = new Service(property)) {
                assertThat(data(service).has("decisions")).isFalse();
            }
        }
    }

    @Nested
    class Data {

        @Test
        void tellsOfEachCircuitWhatAnOperatorAsks() {
            try (Service service = new Service()) {
                service.fail("partner", 3);
                service.reject("partner", 2);
                service.after(Duration.ofSeconds(2));
                service.registry.breaker("partner").forceOpen("maintenance", "anna", Duration.ofMinutes(1));

                JsonNode circuit = data(service).at("/circuits/0");

                assertThat(circuit.get("name").asString()).isEqualTo("partner");
                assertThat(circuit.get("state").asString()).isEqualTo("FORCED_OPEN");
                assertThat(circuit.get("automaticState").asString()).isEqualTo("OPEN");
                assertThat(circuit.get("timeLeftOpenMs").asLong()).isEqualTo(28_000);
                assertThat(circuit.at("/override/actor").asString()).isEqualTo("anna");
                assertThat(circuit.at("/override/expiresInMs").asLong()).isEqualTo(60_000);
                assertThat(circuit.at("/totals/calls").asLong()).isEqualTo(3);
                assertThat(circuit.at("/totals/rejected").asLong()).isEqualTo(2);
                assertThat(circuit.at("/totals/fallbacks").asLong()).isEqualTo(2);
                assertThat(circuit.get("sharing").asString()).isEqualTo("ACTIVE");
            }
        }

        @Test
        void tellsTheLastTransitionsTheNewestFirst() {
            try (Service service = new Service()) {
                IntStream.range(0, 60).forEach(round -> {
                    service.fail("partner", 3);
                    service.registry.breaker("partner").reset("again", "anna");
                });
                service.after(Duration.ofSeconds(4));
                JsonNode transitions = data(service).get("transitions");
                assertThat(transitions.size()).isEqualTo(50);
                assertThat(transitions.at("/0/cause").asString()).isEqualTo("reset by anna: again");
                assertThat(transitions.at("/0/ageMs").asLong()).isEqualTo(4_000);
            }
        }

        @Test
        void saysWhenThisInstanceIsIsolated() {
            try (Service service = new Service()) {
                var peer = service.peer("peer");
                IntStream.range(0, 4).forEach(round -> {
                    peer.breaker("partner").acquire().success(0);
                    service.after(Duration.ofMillis(300));
                });
                peer.breaker("partner").acquire().success(0);
                service.fail("partner", 3);
                service.after(Duration.ofMillis(100));

                JsonNode data = data(service);

                assertThat(data.at("/circuits/0/isolatedOn/0").asString()).isEqualTo(service.registry.instance());
                assertThat(data.at("/instances/0/isolated/0").asString()).isEqualTo("partner");
                peer.close();
            }
        }

        @Test
        void tellsOfAllInstancesAndAddsUpTheirTotals() {
            try (Service service = new Service()) {
                var peer = service.peer("peer");
                service.succeed("partner", 4);
                IntStream.range(0, 4).forEach(round -> {
                    service.succeed("partner", 1);
                    service.after(Duration.ofMillis(300));
                });
                Service.fail(peer, "partner", 3);
                IntStream.range(0, 20).forEach(round -> {
                    service.succeed("partner", 1);
                    service.after(Duration.ofMillis(300));
                });

                JsonNode data = data(service);

                assertThat(data.at("/instances/1/id").asString()).isEqualTo("peer");
                assertThat(data.at("/instances/1/ageMs").asLong()).isBetween(0L, 6_000L);
                assertThat(data.at("/instances/1/isolated/0").asString()).isEqualTo("partner");
                assertThat(data.at("/circuits/0/isolatedOn/0").asString()).isEqualTo("peer");
                assertThat(data.at("/circuits/0/totals/calls").asLong()).isEqualTo(31);
                peer.close();
                assertThat(data(service).get("instances").size())
                        .as("the store is asked every five seconds")
                        .isEqualTo(2);
                service.after(Duration.ofSeconds(5));
                assertThat(data(service).get("instances").size()).isEqualTo(1);
            }
        }

        @Test
        void tellsOnlyThresholdsThatAreInUse() {
            try (Service service = new Service("breaker.instances.partner.failure-count-threshold=7")) {
                service.succeed("partner", 1);
                service.succeed("other", 1);
                JsonNode circuits = data(service).get("circuits");
                JsonNode partner = circuits.findParents("failureCountThreshold").get(0);
                assertThat(partner.get("name").asString()).isEqualTo("partner");
                assertThat(partner.get("failureCountThreshold").asInt()).isEqualTo(7);
                assertThat(partner.get("consecutiveFailureThreshold").asInt()).isEqualTo(3);
                assertThat(partner.has("slowCallRateThreshold")).isFalse();
                assertThat(circuits.findParents("failureCountThreshold")).hasSize(1);
            }
        }

        @Test
        void leavesOutCircuitsBeyondAThousandUnlessTheyAreSoughtOrTroubled() {
            try (Service service = new Service()) {
                IntStream.range(0, 1_200).forEach(i -> service.registry.breaker("circuit-%04d".formatted(i)));
                service.fail("circuit-1199", 3);
                JsonNode all = data(service);
                assertThat(all.get("circuits").size()).isEqualTo(1_000);
                assertThat(all.get("omitted").asInt()).isEqualTo(200);
                assertThat(all.at("/circuits/0/name").asString()).isEqualTo("circuit-1199");
                JsonNode sought = json(Service.get(service.page() + "/data?search=UIT-115"));
                assertThat(sought.get("circuits").size()).isEqualTo(10);
            }
        }
    }

    @Nested
    class NativeImage {

        private final RuntimeHints hints = new RuntimeHints();

        @Test
        void holdsThePage() {
            new DashboardHints().registerHints(hints, null);
            assertThat(Stream.of("page.html", "style.css", "page.js", "rows.js"))
                    .allMatch(part -> resource()
                            .forResource("META-INF/breaker/dashboard/" + part)
                            .test(hints));
        }

        @Test
        void canWriteTheData() {
            new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, BreakerDashboardEndpoint.class);
            assertThat(Stream.of(
                            DashboardData.class,
                            DashboardData.StoreView.class,
                            DashboardData.AliveView.class,
                            CircuitView.class,
                            CircuitView.OverrideView.class,
                            TransitionView.class,
                            Totals.class,
                            Probes.class))
                    .allMatch(type -> reflection().onType(type).test(hints))
                    .allMatch(type -> reflection()
                            .onMethodInvocation(type, type.getRecordComponents()[0].getName())
                            .test(hints));
        }
    }
}
