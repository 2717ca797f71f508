package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

/**
 * Takes over what has changed under {@code breaker} in the environment while the application runs. With Spring Cloud Context on
 * the classpath every {@code EnvironmentChangeEvent} does so; without it, {@link #rebind()} is to be called. Safe for use by
 * many threads.
 */
@RegisterReflection(
        classes = {
            BreakerProperties.class,
            BreakerProperties.Aspect.class,
            BreakerProperties.Shared.class,
            BreakerProperties.Health.class,
            BreakerProperties.Events.class,
            BreakerProperties.Metrics.class
        },
        memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
public final class BreakerPropertiesRebinder {

    private static final Logger log = LoggerFactory.getLogger(BreakerPropertiesRebinder.class);
    private static final String PREFIX = "breaker";
    private static final List<String> SETTINGS_OF_CIRCUITS = List.of("defaults", "configs", "instances");

    private final Environment environment;
    private final BreakerConfigs configs;
    private final BreakerRegistry registry;
    private BreakerProperties bound;

    BreakerPropertiesRebinder(
            Environment environment, BreakerProperties bound, BreakerConfigs configs, BreakerRegistry registry) {
        this.environment = environment;
        this.bound = bound;
        this.configs = configs;
        this.registry = registry;
    }

    /**
     * Binds {@code breaker.defaults}, {@code breaker.configs} and {@code breaker.instances} again, checks them as at the start
     * of the application, and gives each circuit its new settings; see {@link BreakerRegistry#reconfigure()} for what that
     * means. A new name under {@code breaker.instances} creates its circuit, a removed one leaves the circuit with the
     * defaults, and templates that annotations name keep applying. All other properties need a restart; a change of one is
     * logged as a warning. Does nothing if nothing has changed.
     *
     * @throws InvalidConfigurationPropertyValueException if a property is invalid or unknown; then nothing has changed
     * @throws IllegalStateException if there are too many circuits; the new settings apply to those that exist
     */
    public synchronized void rebind() {
        BreakerProperties next = bind();
        if (next.equals(bound)) {
            return;
        }
        configs.replace(next, circuits(), registry::reconfigure);
        warnOfChanges(next);
        bound = next;
        next.instances().keySet().forEach(registry::breaker);
    }

    private List<String> circuits() {
        return registry.breakers().stream()
                .map(breaker -> breaker.family().orElse(breaker.name()))
                .distinct()
                .toList();
    }

    private BreakerProperties bind() {
        BindHandler known = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        try {
            return Binder.get(environment).bindOrCreate(PREFIX, Bindable.of(BreakerProperties.class), known);
        } catch (BindException fault) {
            throw refusal(fault);
        }
    }

    private static InvalidConfigurationPropertyValueException refusal(BindException fault) {
        ConfigurationProperty property = fault.getProperty();
        if (fault.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
            Iterator<ConfigurationProperty> unknown =
                    unbound.getUnboundProperties().iterator();
            property = unknown.hasNext() ? unknown.next() : property;
        }
        String name = String.valueOf(property == null ? fault.getName() : property.getName());
        return new InvalidConfigurationPropertyValueException(
                name,
                property == null ? null : property.getValue(),
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(fault).getMessage()),
                fault);
    }

    private void warnOfChanges(BreakerProperties next) {
        List<String> late = components(next)
                .filter(component -> !SETTINGS_OF_CIRCUITS.contains(component.getName()))
                .flatMap(component -> changes(PREFIX, component, bound, next))
                .toList();
        if (!late.isEmpty()) {
            log.warn("Changes of {} take effect when the application is restarted", late);
        }
    }

    private static Stream<String> changes(String group, RecordComponent component, Object before, Object now) {
        Object old = ReflectionUtils.invokeMethod(component.getAccessor(), before);
        Object value = ReflectionUtils.invokeMethod(component.getAccessor(), now);
        String name =
                group + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        if (Objects.equals(old, value)) {
            return Stream.empty();
        }
        return old instanceof Record && value instanceof Record
                ? components(value).flatMap(part -> changes(name, part, old, value))
                : Stream.of(name);
    }

    private static Stream<RecordComponent> components(Object properties) {
        return Arrays.stream(properties.getClass().getRecordComponents());
    }
}
