package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerConfig;
import dev.breaker.OutcomeRules;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigurationMetadataTest {

    private Map<String, JsonNode> properties;
    private Map<String, JsonNode> hints;

    @BeforeEach
    void read() throws IOException {
        try (InputStream metadata =
                BreakerProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            JsonNode all = JsonMapper.shared().readTree(metadata);
            properties = byName(all.get("properties"));
            hints = byName(all.get("hints"));
        }
    }

    private static Map<String, JsonNode> byName(JsonNode nodes) {
        return StreamSupport.stream(nodes.spliterator(), false)
                .collect(Collectors.toMap(node -> node.get("name").asString(), Function.identity()));
    }

    /** The properties of a record, with those of the records in it. */
    private static Map<String, RecordComponent> written(String prefix, Class<?> type) {
        Map<String, RecordComponent> written = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + kebab(component.getName());
            if (component.getType().isRecord()) {
                written.putAll(written(name, component.getType()));
            } else {
                written.put(name, component);
            }
        }
        return written;
    }

    @Test
    void statesTheTypesOfTheCode() {
        Map<String, String> types = new TreeMap<>();
        written("breaker", BreakerProperties.class)
                .forEach((name, component) -> types.put(
                        name,
                        component.getType().isPrimitive()
                                ? ClassUtils.resolvePrimitiveIfNecessary(component.getType())
                                        .getName()
                                : component.getGenericType().getTypeName().replace(" ", "")));
        assertThat(types).hasSizeGreaterThan(60);
        assertThat(properties.values().stream()
                        .filter(property -> property.get("name").asString().startsWith("breaker."))
                        .collect(Collectors.toMap(
                                property -> property.get("name").asString(),
                                property -> property.get("type").asString())))
                .containsExactlyInAnyOrderEntriesOf(types);
    }

    @Test
    void statesTheDefaultsOfTheProperties() throws ReflectiveOperationException {
        BreakerProperties unset =
                new Binder(new MapConfigurationPropertySource()).bindOrCreate("breaker", BreakerProperties.class);
        for (RecordComponent group : BreakerProperties.class.getRecordComponents()) {
            String name = "breaker." + kebab(group.getName());
            Object value = group.getAccessor().invoke(unset);
            if (!(value instanceof Record)) {
                assertDefault(name, value);
            } else if (!(value instanceof CircuitProperties)) {
                for (RecordComponent part : group.getType().getRecordComponents()) {
                    assertDefault(
                            name + "." + kebab(part.getName()),
                            part.getAccessor().invoke(value));
                }
            }
        }
    }

    private void assertDefault(String name, @Nullable Object value) {
        boolean isEmpty = value == null || value.equals(Map.of());
        JsonNode stated = properties.get(name).get("defaultValue");
        assertThat(text(stated, value)).as(name).isEqualTo(isEmpty ? "null" : text(value));
    }

    /** Those that no BreakerConfig has: written as they are stated they change nothing, and otherwise they do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ignore-http-client-errors",
                "retry-after-enabled",
                "show-in-health",
                "affects-health",
                "ignore-class-binding-exceptions"
            })
    void statesTheDefaultsOfWhatIsDecidedOutsideOfCircuits(String setting) {
        String name = "breaker.defaults." + setting;
        boolean stated = properties.get(name).get("defaultValue").asBoolean();
        assertThat(observed(name + "=" + stated)).isEqualTo(observed("breaker.maximum-breakers=10000"));
        assertThat(observed(name + "=" + !stated)).isNotEqualTo(observed(name + "=" + stated));
    }

    private static List<Boolean> observed(String property) {
        List<Boolean> observed = new ArrayList<>();
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
                .withPropertyValues(property);
        runner.run(context -> {
            BreakerConfigs configs = context.getBean(BreakerConfigs.class);
            OutcomeRules rules = (OutcomeRules) configs.of("any").classifier();
            observed.add(rules.ignoreUnlessRecorded() == null);
            observed.add(rules.retryAfter() == null);
            observed.add(configs.isShownInHealth("any"));
            observed.add(configs.affectsHealth("any"));
        });
        runner.withPropertyValues("breaker.defaults.record-exceptions=no.such.Exception")
                .run(context -> observed.add(context.getStartupFailure() == null));
        return observed;
    }

    @Test
    void hintsAtPropertiesThatThereAre() {
        assertThat(properties).containsKeys(hints.keySet().toArray(String[]::new));
    }

    /** An editor knows the constants of a type, but not which texts a text may be. */
    @Test
    void hintsAtClassesAndBeans() {
        assertThat(written("breaker.defaults", CircuitProperties.class)).allSatisfy((name, component) -> {
            boolean isText = component.getGenericType().getTypeName().contains("java.lang.String");
            boolean isFree = name.endsWith(".base-config") || name.endsWith("-synchronization-strategy");
            if (isText && !isFree) {
                assertThat(hints).containsKey(name);
            }
        });
        assertThat(hints.values().stream()
                        .flatMap(hint ->
                                StreamSupport.stream(hint.path("providers").spliterator(), false))
                        .map(provider -> provider.path("parameters").path("target"))
                        .filter(target -> !target.isMissingNode()))
                .isNotEmpty()
                .allSatisfy(target -> assertThat(ClassUtils.isPresent(target.asString(), null))
                        .isTrue());
    }

    @Test
    void hintsAtAllConstantsOfATypeOrNone() {
        written("breaker.defaults", CircuitProperties.class).forEach((name, component) -> {
            if (component.getType().isEnum() && hints.containsKey(name)) {
                assertThat(hints.get(name).get("values"))
                        .extracting(value -> value.get("value").asString())
                        .as(name)
                        .containsExactlyElementsOf(Stream.of(component.getType().getEnumConstants())
                                .map(constant -> constant.toString()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'))
                                .toList());
            }
        });
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
