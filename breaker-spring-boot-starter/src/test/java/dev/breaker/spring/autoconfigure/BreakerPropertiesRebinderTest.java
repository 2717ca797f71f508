package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Counts;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.cloud.BreakerFactory;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.ConfigurationPropertiesRebinderAutoConfiguration;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class BreakerPropertiesRebinderTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Map<String, Object> properties = new HashMap<>();

    private final ApplicationContextRunner runner = runner(properties);

    private static ApplicationContextRunner runner(Map<String, Object> properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class,
                        BreakerRefreshAutoConfiguration.class))
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("changing", properties)));
    }

    private static void rebind(ApplicationContext context) {
        context.getBean(BreakerPropertiesRebinder.class).rebind();
    }

    private static Breaker partner(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            Permit permit = breaker.tryAcquire();
            if (permit != null) {
                permit.failure(new IOException("down"), 0);
            }
        }
    }

    @Nested
    class ChangedSettings {

        @Test
        void keepCountsAndApplyToTheNextFailure() {
            runner.run(context -> {
                fail(partner(context), 3);
                properties.put("breaker.defaults.minimum-number-of-calls", "4");
                properties.put("breaker.instances.partner.sliding-window-size", "60");
                rebind(context);
                assertThat(partner(context).config().slidingWindowSize()).isEqualTo(60);
                assertThat(partner(context).snapshot().counts()).isEqualTo(new Counts(3, 3, 0, 3));
                assertThat(partner(context).state()).isEqualTo(BreakerState.CLOSED);
                fail(partner(context), 1);
                assertThat(partner(context).state()).isEqualTo(BreakerState.OPEN);
            });
        }

        @Test
        void leaveAnOpenCircuitOpen() {
            properties.put("breaker.instances.partner.consecutive-failure-threshold", "1");
            runner.run(context -> {
                fail(partner(context), 1);
                properties.put("breaker.instances.partner.consecutive-failure-threshold", "9");
                properties.put("breaker.instances.partner.sliding-window-type", "count_based");
                properties.put("breaker.instances.partner.sliding-window-size", "50");
                rebind(context);
                assertThat(partner(context).state()).isEqualTo(BreakerState.OPEN);
                assertThat(partner(context).config().consecutiveFailureThreshold())
                        .isEqualTo(9);
            });
        }

        @Test
        void createTheCircuitsThatAreNew() {
            runner.run(context -> {
                BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                assertThat(registry.find("partner")).isEmpty();
                properties.put("breaker.instances.partner.minimum-number-of-calls", "3");
                rebind(context);
                assertThat(registry.find("partner"))
                        .hasValueSatisfying(
                                breaker -> assertThat(breaker.config().minimumNumberOfCalls())
                                        .isEqualTo(3));
            });
        }

        @Test
        void areTheDefaultsWhereTheyAreRemoved() {
            properties.put("breaker.instances.partner.minimum-number-of-calls", "3");
            runner.run(context -> {
                properties.clear();
                rebind(context);
                assertThat(partner(context).config().minimumNumberOfCalls())
                        .isEqualTo(BreakerConfig.defaults().minimumNumberOfCalls());
                assertThat(partner(context).config())
                        .isEqualTo(context.getBean(BreakerRegistry.class)
                                .breaker("another")
                                .config());
            });
        }

        @Test
        void replaceTheDefaultsOfAFactory() {
            runner.withConfiguration(AutoConfigurations.of(BreakerCloudAutoConfiguration.class))
                    .run(context -> {
                        BreakerFactory factory = context.getBean(BreakerFactory.class);
                        factory.configureDefault(id ->
                                BreakerConfig.builder().minimumNumberOfCalls(77).build());
                        factory.create("partner");
                        properties.put("breaker.instances.partner.minimum-number-of-calls", "5");
                        rebind(context);
                        assertThat(partner(context).config().minimumNumberOfCalls())
                                .isEqualTo(5);
                        properties.clear();
                        rebind(context);
                        assertThat(partner(context).config().minimumNumberOfCalls())
                                .isEqualTo(77);
                    });
        }

        @Test
        void reachCircuitsThroughTheTemplateOfAnAnnotation() {
            properties.put("breaker.configs.slow.minimum-number-of-calls", "3");
            runner.withUserConfiguration(Templated.class).run(context -> {
                context.getBean(Templated.class).offer();
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(3);
                properties.put("breaker.configs.slow.minimum-number-of-calls", "4");
                rebind(context);
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(4);
                properties.remove("breaker.configs.slow.minimum-number-of-calls");
                assertThatThrownBy(() -> rebind(context)).hasMessageContaining("There is no breaker.configs.slow");
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(4);
            });
        }

        @Test
        void thatNeedARestartAreNamedOnce(CapturedOutput output) {
            runner.run(context -> {
                properties.put("breaker.shared.sync-interval", "1s");
                properties.put("breaker.maximum-breakers", "7");
                properties.put("breaker.defaults.minimum-number-of-calls", "4");
                rebind(context);
                rebind(context);
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(4);
            });
            assertThat(output)
                    .containsOnlyOnce("Changes of [breaker.maximum-breakers, breaker.shared.sync-interval] take effect")
                    .containsOnlyOnce("take effect when the application is restarted");
        }
    }

    static class Templated {

        @CircuitBreaker(name = "partner", config = "slow")
        public String offer() {
            return "offer";
        }
    }

    @Nested
    class AnInvalidValue {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "breaker.defaults.failure-rate-threshold | 150 | Must be above 0 and at most 100",
                    "breaker.instances.partner.sliding-window-size | ten | For input string",
                    "breaker.configs.slow.probe-lease | 1ms | Must be between",
                    "breaker.defaults.faliure-rate-threshold | 50 | were left unbound"
                })
        void changesNothingAndIsNamed(String property, String value, String rule, CapturedOutput output) {
            runner.run(context -> {
                BreakerConfig before = partner(context).config();
                properties.put("breaker.defaults.minimum-number-of-calls", "4");
                properties.put(property, value);
                assertThatThrownBy(() -> rebind(context))
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining(property)
                        .hasMessageContaining(
                                "'" + (value.equals("150") ? "150.0" : value.equals("1ms") ? "PT0.001S" : value) + "'")
                        .hasMessageContaining(rule);
                context.publishEvent(new EnvironmentChangeEvent(Set.of(property)));
                assertThat(partner(context).config()).isSameAs(before);
                assertThat(context.getBean(BreakerRegistry.class).breaker("new").config())
                        .isEqualTo(before);
                properties.remove(property);
                rebind(context);
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(4);
            });
            assertThat(output.getAll().lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains(property, rule);
        }
    }

    @Nested
    class SpringCloud {

        @Test
        void rebindsWithItsOtherConfigurationProperties() {
            runner.withConfiguration(AutoConfigurations.of(
                            RefreshAutoConfiguration.class, ConfigurationPropertiesRebinderAutoConfiguration.class))
                    .run(context -> {
                        fail(partner(context), 3);
                        properties.put("breaker.defaults.minimum-number-of-calls", "4");
                        context.publishEvent(
                                new EnvironmentChangeEvent(Set.of("breaker.defaults.minimum-number-of-calls")));
                        assertThat(partner(context).config().minimumNumberOfCalls())
                                .isEqualTo(4);
                        assertThat(partner(context).snapshot().counts().failures())
                                .isEqualTo(3);
                    });
        }

        @Test
        void rebindsWhatAnApplicationReadsAgain(@TempDir Path directory) throws IOException {
            String property = "breaker.instances.partner.minimum-number-of-calls";
            Path file = Files.writeString(directory.resolve("application.properties"), property + "=3");
            SpringApplication application = new SpringApplication(Application.class);
            try (ConfigurableApplicationContext context = application.run(
                    "--spring.main.web-application-type=none",
                    "--spring.config.additional-location=" + directory.toUri())) {
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(3);
                Files.writeString(file, property + "=4");
                assertThat(context.getBean(ContextRefresher.class).refresh()).contains(property);
                assertThat(partner(context).config().minimumNumberOfCalls()).isEqualTo(4);
            }
        }

        @Test
        void isNotNeeded() {
            runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                    .run(context -> {
                        properties.put("breaker.defaults.minimum-number-of-calls", "4");
                        rebind(context);
                        assertThat(partner(context).config().minimumNumberOfCalls())
                                .isEqualTo(4);
                    });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    static class Application {}

    @Nested
    class ARollingChange {

        @Test
        void leavesInstancesInOneCircuit() {
            Map<String, Object> others = new HashMap<>();
            try (RealRedis redis = RealRedis.start()) {
                sharing(runner, redis)
                        .run(one -> sharing(runner(others), redis).run(other -> {
                            fail(partner(one), 2);
                            await().atMost(SOON)
                                    .until(() ->
                                            partner(other).snapshot().counts().failures() == 2);
                            properties.put("breaker.defaults.sliding-window-size", "120");
                            properties.put("breaker.defaults.consecutive-failure-threshold", "3");
                            rebind(one);
                            fail(partner(one), 1);
                            await().atMost(SOON).until(() -> partner(other).state() == BreakerState.OPEN);
                            partner(other).reset("over", "ann");
                            await().atMost(SOON).until(() -> partner(one).state() == BreakerState.CLOSED);
                            fail(partner(other), 2);
                            others.putAll(properties);
                            rebind(other);
                            await().atMost(SOON)
                                    .until(() ->
                                            partner(one).snapshot().counts().failures() == 2);
                            fail(partner(one), 1);
                            await().atMost(SOON).until(() -> partner(other).state() == BreakerState.OPEN);
                            assertThat(partner(one).snapshot().epoch())
                                    .isEqualTo(partner(other).snapshot().epoch());
                        }));
            }
        }

        private ApplicationContextRunner sharing(ApplicationContextRunner service, RealRedis redis) {
            return service.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                    .withPropertyValues(
                            "spring.application.name=offers",
                            "spring.data.redis.host=127.0.0.1",
                            "spring.data.redis.port=" + redis.port());
        }
    }
}
