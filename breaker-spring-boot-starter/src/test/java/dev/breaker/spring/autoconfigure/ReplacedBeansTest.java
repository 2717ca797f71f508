package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.actuate.BreakerEventsEndpoint;
import dev.breaker.spring.actuate.BreakersEndpoint;
import dev.breaker.spring.aop.BreakerResolver;
import dev.breaker.spring.aop.CircuitBreakerPostProcessor;
import dev.breaker.spring.cloud.BreakerFactory;
import dev.breaker.spring.cloud.BreakerGatewayFilterFactory;
import dev.breaker.spring.cloud.FactoryCircuits;
import dev.breaker.spring.cloud.ReactiveBreakerFactory;
import dev.breaker.spring.dashboard.BreakerDashboardEndpoint;
import dev.breaker.spring.micrometer.BreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;

/** A bean of the user takes the place of ours, whichever it is. */
class ReplacedBeansTest {

    /** Spring's own types, of which there may be many, and two that only we can make. */
    private static final Set<String> OTHERS = Set.of(
            "ApplicationListener",
            "FallbackHeadersGatewayFilterFactory",
            "HealthIndicator",
            "LazyInitializationExcludeFilter",
            "BreakerPropertiesRebinder",
            "KnownFields");

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ours().toArray(Class<?>[]::new)))
            .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
            .withPropertyValues(
                    "spring.application.name=offers",
                    "spring.cloud.gateway.server.webflux.enabled=true",
                    "management.endpoints.web.exposure.include=*");

    private static Stream<Class<?>> ours() {
        return ImportCandidates.load(org.springframework.boot.autoconfigure.AutoConfiguration.class, null)
                .getCandidates()
                .stream()
                .filter(name -> name.startsWith("dev.breaker."))
                .map(name -> ClassUtils.resolveClassName(name, null));
    }

    static Stream<Class<?>> replaceable() {
        return Stream.of(
                BreakerRegistry.class,
                BreakerResolver.class,
                CircuitBreakerPostProcessor.class,
                SharedStore.class,
                BreakersEndpoint.class,
                BreakerEventsEndpoint.class,
                BreakerDashboardEndpoint.class,
                BreakerMetrics.class,
                FactoryCircuits.class,
                BreakerFactory.class,
                ReactiveBreakerFactory.class,
                BreakerGatewayFilterFactory.class);
    }

    @ParameterizedTest
    @MethodSource("replaceable")
    <T> void takesThePlaceOfOurs(Class<T> type) {
        T own = type == BreakerRegistry.class
                ? type.cast(BreakerRegistry.builder().ticker(new ManualTicker()).build())
                : mock(type);
        runner.withBean("own", type, () -> own)
                .run(context -> assertThat(context.getBeansOfType(type)).containsOnlyKeys("own"));
    }

    @Test
    void takesThePlaceOfOurHealthByItsName() {
        HealthIndicator own = () -> Health.up().build();
        runner.withBean("breakersHealthIndicator", HealthIndicator.class, () -> own)
                .run(context ->
                        assertThat(context.getBean("breakersHealthIndicator")).isSameAs(own));
    }

    @Test
    void isNotNeeded() {
        runner.run(context ->
                assertThat(replaceable()).allSatisfy(type -> assertThat(context).hasSingleBean(type)));
    }

    /** A further bean is either replaceable or among the others. */
    @Test
    void mayBeOfAnyTypeThatIsOpenToUsers() {
        assertThat(ours().flatMap(type -> Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses())))
                        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(Bean.class))
                        .map(Method::getReturnType)
                        .filter(type -> Modifier.isPublic(type.getModifiers()))
                        .filter(type -> !OTHERS.contains(type.getSimpleName())))
                .containsExactlyInAnyOrderElementsOf(replaceable().toList());
    }
}
