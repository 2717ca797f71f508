package dev.breaker.spring.autoconfigure;

import dev.breaker.spring.probe.HealthProbeFinder;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Tells a native image of the exceptions, predicates and health probes that properties name, as far as the properties are known
 * ahead of time.
 */
final class NamedInProperties implements BeanFactoryInitializationAotProcessor {

    private static final Logger log = LoggerFactory.getLogger(NamedInProperties.class);

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beans) {
        if (beans.getBeanNamesForType(BreakerConfigs.class, true, false).length == 0) {
            return null;
        }
        Environment environment =
                beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, Environment.class);
        BreakerProperties properties = Binder.get(environment).bindOrCreate("breaker", BreakerProperties.class);
        return (generation, code) ->
                register(properties, beans, generation.getRuntimeHints().reflection());
    }

    private static void register(
            BreakerProperties properties, ConfigurableListableBeanFactory beans, ReflectionHints hints) {
        named(
                        properties,
                        layer -> Stream.of(layer.recordExceptions(), layer.ignoreExceptions())
                                .filter(Objects::nonNull)
                                .flatMap(List::stream))
                .forEach(type -> register(type, beans, hints));
        named(
                        properties,
                        layer -> Stream.of(
                                layer.recordFailurePredicate(),
                                layer.ignoreExceptionPredicate(),
                                layer.recordResultPredicate()))
                .forEach(type -> register(type, beans, hints, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
        HealthProbeFinder probes = new HealthProbeFinder(beans);
        named(properties, layer -> Stream.of(layer.healthProbe())).forEach(probe -> register(probe, probes, hints));
    }

    private static Set<String> named(
            BreakerProperties properties, Function<CircuitProperties, Stream<@Nullable String>> names) {
        return Stream.of(
                        Stream.of(properties.defaults()),
                        properties.configs().values().stream(),
                        properties.instances().values().stream())
                .flatMap(Function.identity())
                .flatMap(names)
                .filter(StringUtils::hasText)
                .map(Objects::requireNonNull)
                .collect(Collectors.toSet());
    }

    private static void register(
            String type, ConfigurableListableBeanFactory beans, ReflectionHints hints, MemberCategory... members) {
        try {
            hints.registerType(ClassUtils.forName(type, beans.getBeanClassLoader()), members);
        } catch (ClassNotFoundException | LinkageError absent) {
            if (beans.containsBean(type)) {
                return;
            }
            log.warn("Left to be checked at start-up: there is no class {}", type);
        }
    }

    private static void register(String reference, HealthProbeFinder probes, ReflectionHints hints) {
        try {
            probes.called(reference).ifPresent(method -> hints.registerMethod(method, ExecutableMode.INVOKE));
        } catch (IllegalArgumentException unfit) {
            log.warn("Left to be checked at start-up: health probe {}: {}", reference, unfit.getMessage());
        }
    }
}
