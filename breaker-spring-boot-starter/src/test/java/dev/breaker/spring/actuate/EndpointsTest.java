package dev.breaker.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.Ticker;
import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.UnreliableStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeType;

/**
 * The endpoints as an operator sees them: over HTTP, on an application that shares its circuits with another one. The
 * application lives from test to test, and forgets its circuits in between.
 */
class EndpointsTest {

    private static final HttpClient http = HttpClient.newHttpClient();

    private static final ManualTicker ticker = new ManualTicker();
    private static final InMemoryStore store = new InMemoryStore(ticker);

    private static final UnreliableStore way = new UnreliableStore(store);

    private static ConfigurableApplicationContext application;

    private final BreakerRegistry registry = application.getBean(BreakerRegistry.class);
    private final Breaker breaker = registry.breaker("partner");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    static class Application {}

    static class Bad implements Predicate<Object> {

        @Override
        public boolean test(Object result) {
            return "bad".equals(result);
        }
    }

    @BeforeAll
    static void startApplication() {
        application = start();
    }

    @AfterAll
    static void stopApplication() {
        application.close();
    }

    private static ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "spring.main.banner-mode=off",
                        "management.endpoints.web.exposure.include=*",
                        "breaker.events.buffer-size=3",
                        "breaker.defaults.consecutive-failure-threshold=3",
                        "breaker.defaults.slow-call-duration-threshold=2s",
                        "breaker.defaults.record-result-predicate=" + Bad.class.getName(),
                        "breaker.defaults.ignore-exceptions=java.lang.IllegalStateException")
                .properties(properties)
                .initializers(context -> {
                    GenericApplicationContext beans = (GenericApplicationContext) context;
                    beans.registerBean(Ticker.class, () -> ticker);
                    beans.registerBean(SharedStore.class, way::reached);
                })
                .run();
    }

    @AfterEach
    void forgetAllCircuits() {
        registry.breakers().forEach(each -> registry.remove(each.name()));
        store.clear();
    }

    private record Answer(int status, JsonNode body) {}

    private Answer get(String path) throws Exception {
        return send(application, HttpRequest.newBuilder(), path);
    }

    private Answer post(String path, String body) throws Exception {
        return post(application, path, body);
    }

    private static Answer post(ConfigurableApplicationContext to, String path, String body) throws Exception {
        return send(
                to,
                HttpRequest.newBuilder().POST(BodyPublishers.ofString(body)).header("Content-Type", "application/json"),
                path);
    }

    private static Answer send(ConfigurableApplicationContext to, HttpRequest.Builder request, String path)
            throws Exception {
        WebServerApplicationContext web = (WebServerApplicationContext) to;
        URI uri = URI.create("http://127.0.0.1:" + web.getWebServer().getPort() + "/actuator/" + path);
        HttpResponse<String> response = http.send(request.uri(uri).build(), BodyHandlers.ofString());
        String body = response.body();
        return new Answer(response.statusCode(), JsonMapper.shared().readTree(body.isEmpty() ? "null" : body));
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.acquire().failure(new IOException("refused " + i), 0);
        }
    }

    /* One event of each kind, and two of a failure. */
    private void doEverything() {
        breaker.acquire()
                .failure(new IOException("refused"), Duration.ofMillis(31).toNanos());
        breaker.acquire().complete("bad", null, Duration.ofMillis(12).toNanos());
        breaker.acquire()
                .complete(
                        null,
                        new IllegalStateException("no such offer"),
                        Duration.ofMillis(8).toNanos());
        breaker.forceOpen("test", "test", null);
        ticker.advance(Duration.ofSeconds(1));
        way.isAway(true);
        ticker.advance(Duration.ofSeconds(5));
        way.isAway(false);
        ticker.advance(Duration.ofSeconds(5));
    }

    @Nested
    class Reading {

        @Test
        void listsAllCircuitsByName() throws Exception {
            registry.breaker("another");
            JsonNode body = get("breakers").body();
            assertThat(body.at("/sharing/status").asString()).isEqualTo("ACTIVE");
            assertThat(body.get("breakers").propertyNames()).containsExactly("another", "partner");
        }

        @Test
        void listsTheInstancesAndWhichOfThemIsIsolated() throws Exception {
            InstanceReport.Line isolated = new InstanceReport.Line("partner", Kind.OPEN, true, 10, 1, 0);
            store.report(new InstanceReport("other", Duration.ZERO, List.of(isolated), 0), Duration.ofMinutes(1));
            ticker.advance(Duration.ofSeconds(6));

            JsonNode instances = get("breakers").body().get("instances");

            assertThat(instances.size()).isEqualTo(2);
            assertThat(instances.at("/0/id").asString()).isEqualTo(registry.instance());
            assertThat(instances.at("/0/self").asBoolean()).isTrue();
            assertThat(instances.at("/0/isolated").isEmpty()).isTrue();
            assertThat(instances.at("/1/id").asString()).isEqualTo("other");
            assertThat(instances.at("/1/self").asBoolean()).isFalse();
            assertThat(instances.at("/1/ageMs").asLong()).isEqualTo(6_000);
            assertThat(instances.at("/1/isolated/0").asString()).isEqualTo("partner");
        }

        @Test
        void showsOneCircuitWithNumbersAsNumbers() throws Exception {
            fail(3);
            ticker.advance(Duration.ofSeconds(1));
            Answer answer = get("breakers/partner");
            assertThat(answer.status()).isEqualTo(200);
            JsonNode body = answer.body();
            assertThat(body.get("name").asString()).isEqualTo("partner");
            assertThat(body.get("state").asString()).isEqualTo("OPEN");
            assertThat(body.get("scope").asString()).isEqualTo("CLUSTER");
            assertThat(body.get("cause").asString()).isEqualTo("3 failures in a row");
            assertThat(body.get("timeLeftOpenMs").isIntegralNumber()).isTrue();
            assertThat(body.get("timeLeftOpenMs").asLong()).isBetween(28_000L, 30_000L);
            assertThat(body.get("failureRate").isNumber()).isTrue();
            assertThat(body.get("failureRate").asDouble()).isEqualTo(100);
            assertThat(body.get("calls").asInt()).isEqualTo(3);
            assertThat(body.get("countsScope").asString()).isEqualTo("CLUSTER");
            assertThat(body.get("epoch").isIntegralNumber()).isTrue();
            assertThat(body.at("/settings/consecutiveFailureThreshold").asInt()).isEqualTo(3);
            assertThat(body.at("/settings/waitDurationInOpenStateMs").asInt()).isEqualTo(30_000);
        }

        @Test
        void findsNamesWithSlashesAndSpaces() throws Exception {
            registry.breaker("GET /offers");
            assertThat(get("breakers/GET%20/offers").body().get("name").asString())
                    .isEqualTo("GET /offers");
        }

        @Test
        void doesNotFindWhatIsNotThereAndCreatesNothing() throws Exception {
            Answer answer = get("breakers/partnr");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body().get("error").asString()).isEqualTo("There is no circuit breaker 'partnr'.");
            assertThat(get("breakerevents/partnr").status()).isEqualTo(404);
            assertThat(registry.find("partnr")).isEmpty();
        }
    }

    @Nested
    class Deciding {

        @Test
        void forcesOpenInTheWholeClusterForATimeAndReleases() throws Exception {
            ConfigurableApplicationContext other = start();
            try {
                Breaker others = other.getBean(BreakerRegistry.class).breaker("partner");
                Answer forced = post("breakers/partner", """
                        {"action": "forceOpen", "reason": "maintenance", "ttl": "10m", "actor": "anna"}""");
                assertThat(forced.status()).isEqualTo(200);
                assertThat(forced.body().get("state").asString()).isEqualTo("FORCED_OPEN");
                assertThat(forced.body().at("/override/actor").asString()).isEqualTo("anna");
                assertThat(forced.body().at("/override/expiresInMs").asLong()).isEqualTo(600_000);
                ticker.advance(Duration.ofSeconds(2));
                assertThat(others.state()).isEqualTo(BreakerState.FORCED_OPEN);
                assertThat(others.snapshot().override().reason()).isEqualTo("maintenance");

                Answer released = post(other, "breakers/partner", """
                        {"action": "release", "reason": "done"}""");
                assertThat(released.body().get("state").asString()).isEqualTo("CLOSED");
                ticker.advance(Duration.ofSeconds(2));
                assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
            } finally {
                other.close();
            }
        }

        @ParameterizedTest
        @CsvSource({"disable,DISABLED", "metricsOnly,METRICS_ONLY", "forceOpen,FORCED_OPEN"})
        void setsEveryOverride(String action, BreakerState state) throws Exception {
            post("breakers/partner", "{\"action\": \"%s\", \"reason\": \"test\"}".formatted(action));
            assertThat(breaker.state()).isEqualTo(state);
            assertThat(breaker.snapshot().override().expiresIn()).isNull();
            assertThat(breaker.snapshot().override().actor()).isEqualTo("anonymous");
        }

        @Test
        void resets() throws Exception {
            fail(3);
            assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
            Answer answer = post("breakers/partner", """
                    {"action": "reset", "reason": "repaired"}""");
            assertThat(answer.body().get("state").asString()).isEqualTo("CLOSED");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{}|Invalid action (null): must be one of forceOpen, disable, metricsOnly, release, reset.",
                    "{'action': 'open', 'reason': 'x'}|Invalid action (open): must be one of",
                    "{'action': 'forceOpen'}|Missing reason: must not be blank.",
                    "{'action': 'forceOpen', 'reason': '  '}|Missing reason: must not be blank.",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': '10'}|Invalid ttl (10): must be a positive duration",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': 600}|Invalid ttl (600): must be a positive duration",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': '-5m'}|Invalid ttl (-5m): must be a positive",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': 'soon'}|Invalid ttl (soon): must be a positive",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': ''}|Invalid ttl (): must be a positive",
                    "{'action': 'forceOpen', 'reason': 'x', 'ttl': ' '}|Invalid ttl ( ): must be a positive",
                    "{'action': 'reset', 'reason': 'x', 'ttl': '5m'}|Invalid ttl: reset has none.",
                    "{'action': 'forceOpen', 'reason': 'x', 'tll': '5m'}|Unknown field (tll): must be one of action,",
                    "{'action': 'forceOpen', 'reason': 'x', 'TTL': '5m'}|Unknown field (TTL): must be one of action,",
                })
        void refusesBadInputWithTheReason(String body, String error) throws Exception {
            Answer answer = post("breakers/partner", body.replace('\'', '"'));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().get("error").asString()).startsWith(error);
            assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"servlet", "reactive"})
        void takesTheNameOfTheCircuitFromThePathAlone(String web) throws Exception {
            ConfigurableApplicationContext served = start("spring.main.web-application-type=" + web);
            try {
                BreakerRegistry circuits = served.getBean(BreakerRegistry.class);
                circuits.breaker("partner");
                circuits.breaker("foreign");
                String decision = "{\"action\": \"disable\", \"reason\": \"x\"%s}";
                String named = decision.formatted(", \"name\": \"foreign\"");
                for (Answer answer : List.of(
                        post(served, "breakers/partner", named),
                        post(served, "breakers/partner", decision.formatted(", \"name\": null")),
                        post(served, "breakers/partner?name=foreign", decision.formatted("")),
                        send(served, HttpRequest.newBuilder(), "breakers/partner?name=foreign"),
                        send(served, HttpRequest.newBuilder(), "breakers/partner?name=foreign&name=foreign"),
                        send(served, HttpRequest.newBuilder(), "breakerevents/partner?name=foreign"))) {
                    assertThat(answer.status()).isEqualTo(400);
                    assertThat(answer.body().get("error").asString())
                            .isEqualTo("Invalid field (name): the path names the circuit breaker.");
                }
                assertThat(circuits.breakers()).extracting(Breaker::state).containsOnly(BreakerState.CLOSED);
                assertThat(post(served, "breakers/partner", decision.formatted(""))
                                .status())
                        .isEqualTo(200);
                assertThat(send(served, HttpRequest.newBuilder(), "breakers?name=foreign")
                                .status())
                        .isEqualTo(200);
            } finally {
                served.close();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"action", "ttl"})
        void doesNotAnswerBadInputWithAllOfIt(String parameter) throws Exception {
            String body = "{\"action\": \"disable\", \"reason\": \"x\", \"%s\": \"%s\"}";
            Answer answer = post("breakers/partner", body.formatted(parameter, "x".repeat(100_000)));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().get("error").asString())
                    .startsWith("Invalid " + parameter + " (xxx")
                    .hasSizeLessThan(200);
        }

        @Test
        void refusesAReasonWithoutEnd() throws Exception {
            Answer answer = post(
                    "breakers/partner", "{\"action\": \"disable\", \"reason\": \"%s\"}".formatted("x".repeat(501)));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().get("error").asString()).contains("must have at most 500");
        }

        @Test
        void doesNotFindWhatIsNotThereAndCreatesNothing() throws Exception {
            Answer answer = post("breakers/partnr", """
                    {"action": "forceOpen", "reason": "typo"}""");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(registry.find("partnr")).isEmpty();
        }

        @Test
        void onlyReadsWhereTheAccessIsReadOnly() throws Exception {
            ConfigurableApplicationContext readOnly = start("management.endpoint.breakers.access=read-only");
            try {
                readOnly.getBean(BreakerRegistry.class).breaker("partner");
                assertThat(post(readOnly, "breakers/partner", "{\"action\": \"reset\", \"reason\": \"x\"}")
                                .status())
                        .isEqualTo(405);
            } finally {
                readOnly.close();
            }
        }
    }

    @Nested
    class Events {

        @Test
        void showsTransitionsAndFailuresInOrder() throws Exception {
            fail(3);
            ticker.advance(Duration.ofSeconds(1));
            List<JsonNode> events = events("breakerevents/partner");
            assertThat(events).extracting(event -> event.get("type").asString()).contains("FAILURE", "TRANSITION");
            JsonNode failure = events.get(0);
            assertThat(failure.get("exception").asString()).isEqualTo("java.io.IOException");
            assertThat(failure.get("message").asString()).isEqualTo("refused 0");
            JsonNode opening = events.stream()
                    .filter(event -> event.get("type").asString().equals("TRANSITION"))
                    .findFirst()
                    .orElseThrow();
            assertThat(opening.get("from").asString()).isEqualTo("CLOSED");
            assertThat(opening.get("to").asString()).isEqualTo("OPEN");
            assertThat(opening.get("announcer").asBoolean()).isTrue();
            assertThat(Instant.parse(opening.get("time").asString())).isNotNull();
        }

        @Test
        void isBoundedAndDoesNotLetFailuresPushTransitionsOut() throws Exception {
            for (int i = 0; i < 4; i++) {
                breaker.disable("test " + i, "test", null);
                breaker.release("test " + i, "test");
            }
            breaker.metricsOnly("many failures", "test", null);
            fail(100);
            List<JsonNode> events = events("breakerevents/partner");
            assertThat(events.stream()
                            .filter(event -> event.get("type").asString().equals("FAILURE")))
                    .hasSize(3);
            assertThat(events.stream()
                            .filter(event -> event.get("type").asString().equals("TRANSITION")))
                    .hasSize(3);
            assertThat(events.get(2).get("to").asString()).isEqualTo("METRICS_ONLY");
        }

        @Test
        void showsTheEventsOfAllCircuitsTogether() throws Exception {
            registry.breaker("another").acquire().failure(new IOException("down"), 0);
            fail(1);
            assertThat(events("breakerevents"))
                    .extracting(event -> event.get("breaker").asString())
                    .containsExactly("another", "partner");
        }

        @Test
        void showsIgnoredCallsAndTheEndAndReturnOfTheSharing() throws Exception {
            doEverything();
            List<JsonNode> events = events("breakerevents/partner");
            assertThat(events)
                    .extracting(event -> event.get("type").asString())
                    .containsExactly(
                            "FAILURE", "FAILURE", "IGNORED", "TRANSITION", "SHARING_DEGRADED", "SHARING_RECOVERED");
            assertThat(events.get(1).get("cause").asString()).isEqualTo("result classified as failure");
            assertThat(events.get(2).get("exception").asString()).isEqualTo("java.lang.IllegalStateException");
            assertThat(events.get(2).get("message").asString()).isEqualTo("no such offer");
            assertThat(events.get(2).get("durationMs").asInt()).isEqualTo(8);
            assertThat(events.get(4).get("cause").asString()).contains("refused");
            assertThat(events.get(5).get("outageMs").asInt()).isBetween(1_000, 10_000);
        }

        private List<JsonNode> events(String path) throws Exception {
            JsonNode events = get(path).body().get("events");
            return IntStream.range(0, events.size()).mapToObj(events::get).toList();
        }
    }

    @Test
    void anOpenCircuitThatAffectsHealthTouchesNeitherLivenessNorReadiness() throws Exception {
        ConfigurableApplicationContext probed = start(
                "management.endpoint.health.probes.enabled=true", "breaker.instances.partner.affects-health=true");
        try {
            assertThat(send(probed, HttpRequest.newBuilder(), "health").status())
                    .isEqualTo(200);
            fail(3);
            ticker.advance(Duration.ofSeconds(2));
            assertThat(send(probed, HttpRequest.newBuilder(), "health").status())
                    .isEqualTo(503);
            assertThat(send(probed, HttpRequest.newBuilder(), "health/liveness").status())
                    .isEqualTo(200);
            assertThat(send(probed, HttpRequest.newBuilder(), "health/readiness")
                            .status())
                    .isEqualTo(200);
        } finally {
            probed.close();
        }
    }

    @Test
    void anOpenCircuitMakesTheWholeHealthWhatItsPropertyAndTheOrderOfTheApplicationSay() throws Exception {
        ConfigurableApplicationContext degraded = start(
                "management.endpoint.health.show-components=always",
                "management.endpoint.health.status.order=DOWN,OUT_OF_SERVICE,DEGRADED,UNKNOWN,UP",
                "management.endpoint.health.status.http-mapping.degraded=429",
                "breaker.instances.partner.affects-health=true",
                "breaker.health.status.open=DEGRADED");
        try {
            fail(3);
            ticker.advance(Duration.ofSeconds(2));
            Answer health = send(degraded, HttpRequest.newBuilder(), "health");
            assertThat(health.status()).isEqualTo(429);
            assertThat(health.body().get("status").asString()).isEqualTo("DEGRADED");
            assertThat(health.body().at("/components/breakers/status").asString())
                    .isEqualTo("DEGRADED");
        } finally {
            degraded.close();
        }
    }

    @Test
    void exposesNothingUnasked() throws Exception {
        ConfigurableApplicationContext quiet = start("management.endpoints.web.exposure.include=health");
        try {
            assertThat(quiet.getBeanProvider(BreakersEndpoint.class).getIfAvailable())
                    .isNull();
            assertThat(quiet.getBeanProvider(BreakerEventsEndpoint.class).getIfAvailable())
                    .isNull();
        } finally {
            quiet.close();
        }
    }

    /** What the page on operating shows is what there is. */
    @Nested
    class Documented {

        private final String page = read();

        private static String read() {
            try {
                return Files.readString(Path.of("../docs/operating.md"));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        /** The one example on the page with that field. */
        private JsonNode example(String field) {
            return Stream.of(page.split("```json\n", -1))
                    .skip(1)
                    .map(block -> block.split("```", -1)[0])
                    .filter(block -> block.contains('"' + field + "\":"))
                    .map(JsonMapper.shared()::readTree)
                    .reduce((one, another) -> {
                        throw new IllegalStateException("two examples with " + field);
                    })
                    .orElseThrow();
        }

        /* Names and kinds of all fields, of those of objects too. */
        private static Map<String, JsonNodeType> shape(JsonNode object) {
            Map<String, JsonNodeType> shape = new TreeMap<>();
            object.forEachEntry((field, value) -> {
                shape.put(field, value.getNodeType());
                if (value.isObject()) {
                    shape(value).forEach((inner, type) -> shape.put(field + "." + inner, type));
                }
            });
            return shape;
        }

        /* An event has some of the fields of its type. */
        private static Map<String, Map<String, JsonNodeType>> shapes(JsonNode events) {
            Map<String, Map<String, JsonNodeType>> shapes = new TreeMap<>();
            events.forEach(event -> shapes.computeIfAbsent(event.get("type").asString(), type -> new TreeMap<>())
                    .putAll(shape(event)));
            return shapes;
        }

        private void namesEachField(Collection<String> fields) {
            assertThat(fields).allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
        }

        @Test
        void aCircuitHasTheFieldsOfTheExample() throws Exception {
            fail(3);
            post("breakers/partner", "{'action':'forceOpen','reason':'test','ttl':'1m'}".replace('\'', '"'));
            ticker.advance(Duration.ofSeconds(1));
            JsonNode answer = get("breakers/partner").body();
            assertThat(shape(answer)).isEqualTo(shape(example("settings")));
            namesEachField(answer.propertyNames());
            namesEachField(answer.get("override").propertyNames());
        }

        @Test
        void allCircuitsHaveTheFieldsOfTheExample() throws Exception {
            ticker.advance(Duration.ofSeconds(1));
            JsonNode answer = get("breakers").body();
            JsonNode example = example("instances");
            assertThat(answer.propertyNames()).isEqualTo(example.propertyNames());
            assertThat(shape(answer.get("sharing"))).isEqualTo(shape(example.get("sharing")));
            assertThat(shape(answer.at("/instances/0"))).isEqualTo(shape(example.at("/instances/0")));
            Map<String, JsonNodeType> circuit = shape(answer.at("/breakers/partner"));
            assertThat(circuit).containsAllEntriesOf(shape(example.at("/breakers/partner-offers")));
            Map<String, JsonNodeType> alone = shape(get("breakers/partner").body());
            alone.keySet().removeIf(field -> field.equals("name") || field.startsWith("settings"));
            assertThat(circuit).isEqualTo(alone);
            namesEachField(answer.propertyNames());
            namesEachField(answer.get("sharing").propertyNames());
            namesEachField(answer.at("/instances/0").propertyNames());
        }

        @Test
        void eventsHaveTheFieldsOfTheExampleAndItsOrder() throws Exception {
            doEverything();
            JsonNode events = get("breakerevents/partner").body();
            JsonNode example = example("events");
            assertThat(events.propertyNames()).isEqualTo(example.propertyNames());
            assertThat(shapes(events.get("events"))).isEqualTo(shapes(example.get("events")));
            assertThat(example.get("events")
                            .valueStream()
                            .map(event -> event.get("time").asString()))
                    .isSorted();
            shapes(events.get("events")).values().forEach(shape -> namesEachField(shape.keySet()));
        }

        @Test
        void theCommandForcesTheCircuitOpen() throws Exception {
            registry.breaker("partner-offers");
            String command = page.split("```sh\n", -1)[1].split("```", -1)[0];
            String body = command.split("'", -1)[3];
            assertThat(command).contains("/actuator/breakers/partner-offers ");
            Answer answer = post("breakers/partner-offers", body);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().get("state").asString()).isEqualTo("FORCED_OPEN");
        }
    }
}
