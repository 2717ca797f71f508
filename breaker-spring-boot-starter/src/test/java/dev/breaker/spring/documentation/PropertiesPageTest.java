package dev.breaker.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page on properties has a row for each one, with the default that it has. */
class PropertiesPageTest {

    private static final Path PAGE = Pages.ROOT.resolve("docs/properties.md");

    /** Defaults that the page says in words. */
    private static final Map<String, String> IN_WORDS = Map.of(
            "breaker.aspect.order", "last",
            "breaker.shared.namespace", "`spring.application.name`",
            "breaker.health.status", "open, forced-open: DOWN");

    private static Map<String, List<String>> rows(Path page) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        Pages.read(page)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> List.of(line.split(" *\\| *")))
                .forEach(cells ->
                        rows.put(cells.get(1).replace("`", "").replace(".*", ""), cells.subList(2, cells.size())));
        return rows;
    }

    private static Map<String, String> defaults() throws IOException {
        try (InputStream metadata =
                PropertiesPageTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, String> defaults = new LinkedHashMap<>();
            for (JsonNode property : JsonMapper.shared().readTree(metadata).get("properties")) {
                String name = property.get("name").asString();
                if (!property.has("deprecated") && !name.matches("breaker\\.(configs|instances)\\b.*")) {
                    defaults.put(
                            name.replace("breaker.defaults.", ""),
                            property.path("defaultValue").asString(""));
                }
            }
            return defaults;
        }
    }

    @Test
    void hasARowForEachProperty() throws IOException {
        assertThat(rows(PAGE).keySet())
                .containsExactlyInAnyOrderElementsOf(defaults().keySet());
    }

    @Test
    void statesTheDefaultOfEach() throws IOException {
        Map<String, List<String>> rows = rows(PAGE);
        defaults().forEach((name, value) -> {
            String stated = rows.get(name).get(0);
            if (IN_WORDS.containsKey(name)) {
                assertThat(stated).as(name).isEqualTo(IN_WORDS.get(name));
            } else if (value.isEmpty()) {
                assertThat(stated).as(name).matches("none|not set|none named: all");
            } else {
                String first = stated.toLowerCase(Locale.ROOT).split(" ")[0];
                assertThat(first).as(name).isEqualTo(value.replaceAll("^0s$", "0"));
            }
        });
    }

    @Test
    void saysWhenToChangeEach() {
        assertThat(rows(PAGE))
                .allSatisfy(
                        (name, cells) -> assertThat(cells).as(name).hasSize(3).doesNotContain(""));
    }

    @Test
    void theFirstPageHasTheEssentialOnesWithTheSameAdvice() {
        Map<String, List<String>> rows = rows(PAGE);
        Map<String, List<String>> first = rows(Pages.ROOT.resolve("README.md"));
        assertThat(List.of("failure-rate-threshold", "minimum-number-of-calls", "wait-duration-in-open-state"))
                .allSatisfy(name -> assertThat(first.get(name))
                        .containsExactly(rows.get(name).get(0), rows.get(name).get(2)));
    }
}
