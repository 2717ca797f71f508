package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigurationMetadataTest {

    private Map<String, JsonNode> properties;

    @BeforeEach
    void read() throws IOException {
        try (InputStream metadata =
                BreakerProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            properties = StreamSupport.stream(
                            JsonMapper.shared()
                                    .readTree(metadata)
                                    .get("properties")
                                    .spliterator(),
                            false)
                    .collect(Collectors.toMap(property -> property.get("name").asString(), Function.identity()));
        }
    }

    @Test
    void describesEveryProperty() {
        assertThat(properties.values())
                .allSatisfy(property -> assertThat(property.path("description").asString())
                        .as("%s", property.get("name"))
                        .isNotBlank());
    }

    @Test
    void statesTheDefaultsOfTheLibrary() throws ReflectiveOperationException {
        BreakerConfig defaults = BreakerConfig.defaults();
        for (RecordComponent setting : BreakerConfig.class.getRecordComponents()) {
            if (setting.getName().equals("classifier")) {
                continue;
            }
            JsonNode property = properties.get("breaker.defaults." + kebab(setting.getName()));
            assertThat(property).as(setting.getName()).isNotNull();
            Object value = setting.getAccessor().invoke(defaults);
            assertThat(text(property.get("defaultValue"), value))
                    .as(setting.getName())
                    .isEqualTo(text(value));
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String text(JsonNode stated, Object value) {
        if (stated == null) {
            return "null";
        }
        Object meant = value instanceof Duration ? DurationStyle.SIMPLE.parse(stated.asString()) : stated.asString();
        return text(meant);
    }

    private static String text(Object value) {
        String text = String.valueOf(value).toLowerCase(Locale.ROOT);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    @Test
    void knowsEverySettingOfACircuit() {
        assertThat(Arrays.stream(CircuitProperties.class.getRecordComponents()).map(RecordComponent::getName))
                .allSatisfy(name -> assertThat(properties).containsKey("breaker.defaults." + kebab(name)));
    }

    @Test
    void callsOtherNamesOfSettingsDeprecated() {
        assertThat(replacementOf("automatic-transition-from-open-to-half-open-enabled"))
                .isEqualTo("breaker.defaults.automatic-transition");
        assertThat(replacementOf("writable-stack-trace-enabled")).isEqualTo("breaker.defaults.writable-stack-trace");
        assertThat(replacementOf("register-health-indicator")).isEqualTo("breaker.defaults.show-in-health");
        assertThat(replacementOf("allow-health-indicator-to-fail")).isEqualTo("breaker.defaults.affects-health");
    }

    private String replacementOf(String name) {
        JsonNode property = properties.get("breaker.defaults." + name);
        assertThat(property.path("deprecated").asBoolean()).as(name).isTrue();
        return property.path("deprecation").path("replacement").asString();
    }
}
