package dev.breaker.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alert rules and the dashboard ask for what an application publishes. */
class MonitoringFilesTest {

    private static final Path ALERTS = Path.of("../docs/monitoring/breaker-alerts.yml");
    private static final Path DASHBOARD = Path.of("../docs/monitoring/breaker-grafana.json");
    private static final Path PAGE = Path.of("../docs/monitoring.md");
    private static final Pattern SELECTOR = Pattern.compile("(breaker_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)=~?\"([^\"]*)\"");

    /** Labels that Prometheus adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private static List<String> scrape;

    @BeforeAll
    static void publish() {
        ManualTicker ticker = new ManualTicker();
        try (BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(new InMemoryStore(ticker))
                .configs(name -> BreakerConfig.builder()
                        .slowCallDurationThreshold(Duration.ofSeconds(1))
                        .build())
                .build()) {
            PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new BreakerMetrics(registry).bindTo(prometheus);
            registry.breaker("partner").acquire().success(1);
            ticker.advance(Duration.ofSeconds(2));
            scrape = prometheus
                    .scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml().load(Files.readString(ALERTS));
        return file.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .toList();
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(DASHBOARD));
    }

    private static void asksForWhatIsPublished(String expression) {
        List<MatchResult> selectors = SELECTOR.matcher(expression).results().toList();
        assertThat(selectors)
                .as(expression)
                .isNotEmpty()
                .allSatisfy(
                        selector -> assertThat(scrape).as(selector.group()).anyMatch(line -> selects(selector, line)));
    }

    private static boolean selects(MatchResult selector, String line) {
        if (!line.split("[ {]", 2)[0].equals(selector.group(1))) {
            return false;
        }
        String labels = selector.group(2) == null ? "" : selector.group(2);
        return MATCHER.matcher(labels)
                .results()
                .filter(label -> !OF_PROMETHEUS.contains(label.group(1)))
                .allMatch(label -> values(label.group(2))
                        .anyMatch(value -> line.matches(".*[{,]" + label.group(1) + "=\"" + value + "\".*")));
    }

    /** The words of an alternative; any word for a variable of the dashboard. */
    private static Stream<String> values(String matcher) {
        return matcher.startsWith("$") ? Stream.of("\\w+") : Stream.of(matcher.split("\\|"));
    }

    @Test
    void everyAlertAsksForMetersThatThereAre() throws IOException {
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> asksForWhatIsPublished((String) alert.get("expr")));
    }

    @Test
    void everyAlertHasASeverityASummaryAndAnEntryOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(page).contains("| `" + alert.get("alert") + "` |");
            assertThat(String.valueOf(alert.get("labels"))).containsPattern("severity=(warning|critical)");
            assertThat(String.valueOf(alert.get("annotations"))).contains("summary=");
        });
        assertThat(alerts().stream().map(alert -> alert.get("alert"))).doesNotHaveDuplicates();
    }

    @Test
    void everyPanelAsksForMetersThatThereAre() throws IOException {
        List<String> expressions = dashboard().findValuesAsString("expr");
        assertThat(expressions).hasSizeGreaterThan(10).allSatisfy(MonitoringFilesTest::asksForWhatIsPublished);
    }

    @Test
    void theDashboardLoadsIntoAnyGrafana() throws IOException {
        JsonNode dashboard = dashboard();
        assertThat(dashboard.get("id").isNull()).isTrue();
        assertThat(dashboard.get("schemaVersion").asInt()).isPositive();
        assertThat(dashboard.at("/templating/list").findValuesAsString("name"))
                .containsExactly("datasource", "job", "name");
        assertThat(dashboard
                        .get("panels")
                        .valueStream()
                        .map(panel -> panel.get("id").asInt()))
                .doesNotHaveDuplicates();
        assertThat(dashboard.findValues("datasource").stream()
                        .map(source -> source.get("uid").asString())
                        .collect(Collectors.toSet()))
                .containsExactly("${datasource}");
    }
}
