package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.spring.actuate.BreakersEndpoint;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.lang.reflect.RecordComponent;
import java.net.ConnectException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;
import redis.clients.jedis.UnifiedJedis;

/** An application that is prepared ahead of time, as for a native image. */
class AheadOfTimeTest {

    static class Offers {

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        String hot(String customer) {
            throw new IllegalStateException("down");
        }

        @SuppressWarnings("UnusedMethod")
        private String cold(String customer, Throwable cause) {
            return customer + ": " + cause.getClass().getSimpleName();
        }
    }

    static class Line {

        boolean ping() {
            return true;
        }
    }

    static class Touchy implements Predicate<Throwable> {

        @Override
        public boolean test(Throwable thrown) {
            return true;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataRedisAutoConfiguration.class,
        BreakerRedisAutoConfiguration.class,
        BreakerAutoConfiguration.class,
        BreakerHealthAutoConfiguration.class,
        BreakerEndpointAutoConfiguration.class
    })
    static class Application {

        @Bean
        Offers offers() {
            return new Offers();
        }

        @Bean
        Line line() {
            return new Line();
        }
    }

    private final TestGenerationContext generation = new TestGenerationContext(AheadOfTimeTest.class);

    private ClassName prepare(Consumer<GenericApplicationContext> check, String... properties) {
        try (var context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of("spring.application.name=test", "management.endpoints.web.exposure.include=*")
                    .and(properties)
                    .applyTo(context);
            context.register(Application.class);
            ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            check.accept(context);
            return initializer;
        }
    }

    @Test
    @CompileWithForkedClassLoader
    @SuppressWarnings("unchecked")
    void opensAndFallsBackAsItIsWritten() {
        prepare(context -> {}, "breaker.shared.enabled=false");
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            var initializer = compiled.getInstance(ApplicationContextInitializer.class);
            try (var context = new GenericApplicationContext()) {
                TestPropertyValues.of(
                                "breaker.configs.touchy.consecutive-failure-threshold=2",
                                "breaker.instances.partner.base-config=touchy",
                                "breaker.instances.partner.wait-duration-in-open-state=1h")
                        .applyTo(context);
                initializer.initialize(context);
                context.refresh();

                Offers offers = context.getBean(Offers.class);
                assertThat(Stream.of("a", "b", "c").map(offers::hot))
                        .containsExactly(
                                "a: IllegalStateException", "b: IllegalStateException", "c: CallNotPermittedException");
                assertThat(context.getBean(BreakerRegistry.class)
                                .breaker("partner")
                                .state())
                        .isEqualTo(BreakerState.OPEN);
                assertThat(context.getBean(BreakersEndpoint.class)
                                .one("partner")
                                .getStatus())
                        .isEqualTo(200);
            }
        });
    }

    @Test
    void needsNeitherRedisNorThreadsToBePrepared() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        prepare(context -> {
            assertThat(context.getBeanDefinitionNames())
                    .contains("redisConnectionFactory", "breakerSharedStore", "breakerRegistry", "breakersEndpoint");
            assertThat(context.getBeanFactory().getSingletonNames())
                    .doesNotContain("redisConnectionFactory", "breakerSharedStore", "breakerRegistry");
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !threads.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("breaker-") || name.startsWith("lettuce-"));
        });
    }

    @Nested
    class ANativeImage {

        private RuntimeHints hints() {
            prepare(context -> {});
            return generation.getRuntimeHints();
        }

        @ParameterizedTest
        @ValueSource(
                classes = {
                    BreakerProperties.class,
                    BreakerProperties.Aspect.class,
                    BreakerProperties.Events.class,
                    BreakerProperties.Shared.class,
                    CircuitProperties.class
                })
        void bindsTheProperties(Class<?> properties) {
            assertThat(reflection().onConstructorInvocation(properties.getDeclaredConstructors()[0]))
                    .accepts(hints());
        }

        @ParameterizedTest
        @ValueSource(
                classes = {
                    CircuitProperties.class,
                    BreakerConfig.class,
                    BreakerProperties.class,
                    BreakerProperties.Aspect.class,
                    BreakerProperties.Shared.class,
                    BreakerProperties.Health.class,
                    BreakerProperties.Events.class,
                    BreakerProperties.Metrics.class
                })
        void readsTheSettings(Class<?> settings) {
            RuntimeHints hints = hints();
            assertThat(settings.getRecordComponents())
                    .extracting(RecordComponent::getAccessor)
                    .allSatisfy(setting ->
                            assertThat(reflection().onMethodInvocation(setting)).accepts(hints));
        }

        @Test
        void findsTheClassesThatPropertiesName() {
            prepare(
                    context -> {},
                    "breaker.defaults.record-exceptions=java.net.ConnectException,no.such.Exception",
                    "breaker.configs.touchy.record-failure-predicate=" + Touchy.class.getName());
            assertThat(reflection().onType(ConnectException.class)).accepts(generation.getRuntimeHints());
            assertThat(reflection().onConstructorInvocation(Touchy.class.getDeclaredConstructors()[0]))
                    .accepts(generation.getRuntimeHints());
        }

        @Test
        void callsTheHealthProbesThatPropertiesName() {
            prepare(
                    context -> {},
                    "breaker.instances.partner.health-probe=line::ping",
                    "breaker.instances.other.health-probe=line::pong");
            assertThat(reflection().onMethodInvocation(Line.class, "ping")).accepts(generation.getRuntimeHints());
        }

        @Test
        void callsTheEndpoint() {
            assertThat(reflection().onMethodInvocation(BreakersEndpoint.class, "decide"))
                    .accepts(hints());
        }

        @Test
        void seesJedis() {
            assertThat(reflection().onType(UnifiedJedis.class)).accepts(hints());
        }
    }
}
