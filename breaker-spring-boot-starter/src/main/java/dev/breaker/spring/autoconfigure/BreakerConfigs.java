package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;
import dev.breaker.InvalidConfigException;
import dev.breaker.spring.probe.HealthProbeFinder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * The configuration of each circuit: the library's defaults, then {@code breaker.defaults}, the template, and the circuit's own
 * settings, each over the one before. All that is written is checked when the application starts and when it changes. Safe for use by many threads.
 */
@RegisterReflection(classes = CircuitProperties.class, memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
final class BreakerConfigs {

    private static final String DEFAULT_TEMPLATE = "default";

    private volatile BreakerProperties properties;
    private final Classification classification;
    private final HealthProbeFinder healthProbes;
    private final List<BreakerConfigCustomizer> customizers;
    private final Map<String, String> templates = new ConcurrentHashMap<>();
    private final SettingsInCode inCode = new SettingsInCode();

    BreakerConfigs(
            BreakerProperties properties,
            Classification classification,
            HealthProbeFinder healthProbes,
            List<BreakerConfigCustomizer> customizers) {
        this.properties = properties;
        this.classification = classification;
        this.healthProbes = healthProbes;
        this.customizers = List.copyOf(customizers);
        checkDefaults(properties.defaults());
        build(Map.of("breaker.defaults", properties.defaults()));
        properties.configs().keySet().forEach(template -> build(layers("", template)));
        properties.instances().keySet().forEach(name -> build(layers(name)));
    }

    /**
     * Goes on with other properties, unless they are invalid.
     *
     * @param circuits the circuits that exist, whose settings must be valid too
     * @param reconfigure gives the circuits their settings; if it fails, the properties stay as they were
     * @throws InvalidConfigurationPropertyValueException if a property is invalid
     */
    void replace(BreakerProperties next, Collection<String> circuits, Runnable reconfigure) {
        BreakerConfigs checked = new BreakerConfigs(next, classification, healthProbes, customizers);
        checked.templates.putAll(templates);
        circuits.forEach(checked::of);
        BreakerProperties before = properties;
        properties = next;
        try {
            reconfigure.run();
        } catch (RuntimeException fault) {
            properties = before;
            throw fault;
        }
    }

    /**
     * The configuration of a circuit.
     *
     * @throws IllegalStateException if a customizer fails
     */
    BreakerConfig of(String name) {
        boolean isWritten = properties.instances().containsKey(name);
        BreakerConfig.Builder builder = inCode.of(name, build(layers(name)), isWritten).toBuilder();
        for (BreakerConfigCustomizer customizer : customizers) {
            try {
                customizer.customize(name, builder);
            } catch (RuntimeException fault) {
                throw new IllegalStateException(
                        customizer.getClass().getName() + " failed to customize circuit breaker '" + name + "'", fault);
            }
        }
        return builder.build();
    }

    /** Whether health shows a circuit. */
    boolean isShownInHealth(String name) {
        return new Layers(layers(name)).value(CircuitProperties::showInHealth, true);
    }

    /** Whether health is DOWN while a circuit is open. */
    boolean affectsHealth(String name) {
        return new Layers(layers(name)).value(CircuitProperties::affectsHealth, false);
    }

    private Map<String, CircuitProperties> layers(String name) {
        return layers(name, template(name));
    }

    /* Without a template of its own, a circuit has the one of its name or else the default one, as in Resilience4j. */
    private @Nullable String template(String name) {
        CircuitProperties own = properties.instances().get(name);
        String named = own != null && own.baseConfig() != null ? own.baseConfig() : templates.get(name);
        if (named != null) {
            return named;
        }
        return Stream.of(name, DEFAULT_TEMPLATE)
                .filter(properties.configs()::containsKey)
                .findFirst()
                .orElse(null);
    }

    /** The settings that are made in code; they lie over those of the properties. */
    SettingsInCode inCode() {
        return inCode;
    }

    /** Whether properties or annotations say something about this very circuit. */
    boolean isWritten(String name) {
        return properties.instances().containsKey(name) || templates.containsKey(name);
    }

    /** Notes a template for a circuit about which nothing is written, if there is such a template. */
    boolean offerTemplate(String name, String template) {
        boolean exists = properties.configs().containsKey(template);
        if (exists) {
            templates.putIfAbsent(name, template);
        }
        return exists;
    }

    /** Takes back what was noted for a circuit that cannot be created. */
    void forget(String name) {
        templates.remove(name);
        inCode.forgetStart(name);
    }

    /**
     * Notes the template that an annotation names for a circuit.
     *
     * @param exists whether the circuit exists, too late for another template
     * @throws IllegalStateException if there is no such template, or another one or none is in use
     */
    void useTemplate(String name, String template, boolean exists) {
        if (!properties.configs().containsKey(template)) {
            throw new IllegalStateException("There is no breaker.configs." + template + " to take the settings of '"
                    + name + "' from; known templates: " + properties.configs().keySet() + ".");
        }
        CircuitProperties own = properties.instances().get(name);
        String other = own == null ? null : own.baseConfig();
        other = other == null ? templates.get(name) : other;
        if (other == null && exists) {
            throw new IllegalStateException("The settings of '" + name + "' cannot come from the template '" + template
                    + "', because it was created without it elsewhere: set "
                    + property("breaker.instances", name) + ".base-config=" + template + ".");
        }
        other = other == null ? templates.putIfAbsent(name, template) : other;
        if (other != null && !other.equals(template)) {
            throw new IllegalStateException("The settings of '" + name + "' cannot come from the template '" + template
                    + "' here and from '" + other + "' elsewhere.");
        }
    }

    /* From the most general to the most specific, by the property they are written under. */
    private Map<String, CircuitProperties> layers(String name, @Nullable String template) {
        Map<String, CircuitProperties> layers = new LinkedHashMap<>();
        layers.put("breaker.defaults", properties.defaults());
        lineage(property("breaker.instances", name), template)
                .forEach(config -> layers.put(property("breaker.configs", config), config(config)));
        CircuitProperties own = properties.instances().get(name);
        if (own != null) {
            layers.put(property("breaker.instances", name), own);
        }
        return layers;
    }

    private static void checkDefaults(CircuitProperties defaults) {
        if (defaults.baseConfig() != null) {
            throw new InvalidConfigurationPropertyValueException(
                    "breaker.defaults.base-config",
                    defaults.baseConfig(),
                    "Must not be set: the defaults are below all templates; use breaker.configs.default.");
        }
    }

    /** All that is written, by the property it is written under. */
    Map<String, CircuitProperties> places() {
        Map<String, CircuitProperties> places = new LinkedHashMap<>();
        places.put("breaker.defaults", properties.defaults());
        properties.configs().forEach((name, layer) -> places.put(property("breaker.configs", name), layer));
        properties.instances().forEach((name, layer) -> places.put(property("breaker.instances", name), layer));
        return places;
    }

    /* A template may itself have one; the most general comes first. */
    private Deque<String> lineage(String place, @Nullable String template) {
        Deque<String> lineage = new ArrayDeque<>();
        for (String next = template; next != null; next = config(next).baseConfig()) {
            if (!properties.configs().containsKey(next)) {
                throw new InvalidConfigurationPropertyValueException(
                        place + ".base-config",
                        next,
                        "There is no breaker.configs." + next + "; known templates: "
                                + properties.configs().keySet() + ".");
            }
            if (lineage.contains(next)) {
                throw new InvalidConfigurationPropertyValueException(
                        place + ".base-config", next, "Must not lead back to the same template.");
            }
            lineage.addFirst(next);
            place = property("breaker.configs", next);
        }
        return lineage;
    }

    private CircuitProperties config(String template) {
        return Objects.requireNonNull(properties.configs().get(template));
    }

    static String property(String group, String name) {
        return ConfigurationPropertyName.isValid(name) && name.indexOf('.') < 0
                ? group + "." + name
                : group + ".[" + name + "]";
    }

    private BreakerConfig build(Map<String, CircuitProperties> layers) {
        BreakerConfig.Builder builder = BreakerConfig.builder();
        layers.values().forEach(layer -> layer.applyTo(builder));
        Resilience4jSettings.apply(new Layers(layers), builder);
        builder.classifier(classification.of(new Layers(layers)));
        addHealthProbe(layers, builder);
        try {
            return builder.build();
        } catch (InvalidConfigException invalid) {
            throw refusal(where(layers, invalid.property()), invalid);
        }
    }

    private void addHealthProbe(Map<String, CircuitProperties> layers, BreakerConfig.Builder builder) {
        String place = where(layers, "healthProbe");
        String reference = Objects.requireNonNull(layers.get(place)).healthProbe();
        if (!StringUtils.hasText(reference)) {
            return;
        }
        try {
            builder.healthProbe(healthProbes.find(reference));
        } catch (IllegalArgumentException unfit) {
            throw new InvalidConfigurationPropertyValueException(
                    place + ".health-probe", reference, unfit.getMessage() + ".");
        }
    }

    /** The failure that names a property as it is written. */
    static InvalidConfigurationPropertyValueException refusal(String group, InvalidConfigException invalid) {
        String property = invalid.property().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new InvalidConfigurationPropertyValueException(
                group + "." + property, invalid.value(), StringUtils.capitalize(invalid.rule()) + ".");
    }

    /* The most specific place where the property is written, or else the most specific place. */
    private static String where(Map<String, CircuitProperties> layers, String property) {
        List<String> places = new ArrayList<>(layers.keySet());
        for (int i = places.size() - 1; i >= 0; i--) {
            if (isWritten(Objects.requireNonNull(layers.get(places.get(i))), property)) {
                return places.get(i);
            }
        }
        return places.get(places.size() - 1);
    }

    private static boolean isWritten(CircuitProperties layer, String property) {
        for (var component : CircuitProperties.class.getRecordComponents()) {
            if (component.getName().equals(property)) {
                return ReflectionUtils.invokeMethod(component.getAccessor(), layer) != null;
            }
        }
        return false;
    }
}
