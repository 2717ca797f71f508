package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.HealthProbeResult;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.HealthProbe;
import dev.breaker.ManualTicker;
import dev.breaker.Outcome;
import dev.breaker.OutcomeClassifier;
import dev.breaker.Ticker;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.probe.HealthProbeFinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

class BreakerAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BreakerAutoConfiguration.class,
                    BreakerHealthAutoConfiguration.class,
                    BreakerRedisAutoConfiguration.class));

    private static BreakerConfig config(BreakerRegistry registry, String name) {
        return registry.breaker(name).config();
    }

    private static BreakerConfig judgedByTheStandard(BreakerConfig config) {
        return config.toBuilder().classifier(OutcomeClassifier.standard()).build();
    }

    @Nested
    class Properties {

        @Test
        void areTheDefaultsOfTheLibraryUnlessSet() {
            runner.run(context -> assertThat(judgedByTheStandard(config(context.getBean(BreakerRegistry.class), "any")))
                    .isEqualTo(BreakerConfig.defaults()));
        }

        @Test
        void areInheritedFromDefaultsAndTemplate() {
            runner.withPropertyValues(
                            "breaker.defaults.failure-rate-threshold=40",
                            "breaker.defaults.minimum-number-of-calls=7",
                            "breaker.configs.slow.minimum-number-of-calls=8",
                            "breaker.configs.slow.sliding-window-type=count_based",
                            "breaker.configs.slow.sliding-window-size=200",
                            "breaker.instances.partner.base-config=slow",
                            "breaker.instances.partner.sliding-window-size=300",
                            "breaker.instances.partner.wait-duration-in-open-state=15s")
                    .run(context -> {
                        BreakerConfig partner = config(context.getBean(BreakerRegistry.class), "partner");
                        assertThat(partner.failureRateThreshold()).isEqualTo(40);
                        assertThat(partner.minimumNumberOfCalls()).isEqualTo(8);
                        assertThat(partner.slidingWindowType()).isEqualTo(SlidingWindowType.COUNT_BASED);
                        assertThat(partner.slidingWindowSize()).isEqualTo(300);
                        assertThat(partner.waitDurationInOpenState()).isEqualTo(Duration.ofSeconds(15));
                    });
        }

        @Test
        void bindEverySettingOfACircuit() {
            runner.withBean("probe", HealthProbe.class, () -> () -> {})
                    .withPropertyValues(
                            "breaker.instances.x.sliding-window-type=COUNT_BASED",
                            "breaker.instances.x.sliding-window-size=11",
                            "breaker.instances.x.minimum-number-of-calls=11",
                            "breaker.instances.x.failure-rate-threshold=12.5",
                            "breaker.instances.x.slow-call-rate-threshold=13",
                            "breaker.instances.x.slow-call-duration-threshold=14ms",
                            "breaker.instances.x.failure-count-threshold=9",
                            "breaker.instances.x.consecutive-failure-threshold=16",
                            "breaker.instances.x.wait-duration-in-open-state=17s",
                            "breaker.instances.x.exponential-backoff-multiplier=1.8",
                            "breaker.instances.x.exponential-max-wait-duration-in-open-state=19s",
                            "breaker.instances.x.randomized-wait-factor=0.2",
                            "breaker.instances.x.automatic-transition=true",
                            "breaker.instances.x.permitted-number-of-calls-in-half-open-state=21",
                            "breaker.instances.x.max-wait-duration-in-half-open-state=22s",
                            "breaker.instances.x.probe-lease=23s",
                            "breaker.instances.x.half-open-acquire-timeout=24ms",
                            "breaker.instances.x.max-retry-after=25s",
                            "breaker.instances.x.max-keys=26",
                            "breaker.instances.x.key-idle-expiry=27s",
                            "breaker.instances.x.health-probe=probe",
                            "breaker.instances.x.health-probe-result=half-open",
                            "breaker.instances.x.initial-state=metrics-only",
                            "breaker.instances.x.sharing=false",
                            "breaker.instances.x.writable-stack-trace=true")
                    .run(context -> assertThat(judgedByTheStandard(config(context.getBean(BreakerRegistry.class), "x")))
                            .isEqualTo(new BreakerConfig(
                                    SlidingWindowType.COUNT_BASED,
                                    11,
                                    11,
                                    12.5,
                                    13,
                                    Duration.ofMillis(14),
                                    9,
                                    16,
                                    Duration.ofSeconds(17),
                                    1.8,
                                    Duration.ofSeconds(19),
                                    0.2,
                                    true,
                                    21,
                                    Duration.ofSeconds(22),
                                    Duration.ofSeconds(23),
                                    Duration.ofMillis(24),
                                    Duration.ofSeconds(25),
                                    26,
                                    Duration.ofSeconds(27),
                                    new HealthProbeFinder(context.getBeanFactory()).find("probe"),
                                    HealthProbeResult.HALF_OPEN,
                                    BreakerState.METRICS_ONLY,
                                    false,
                                    true,
                                    BreakerConfig.defaults().classifier())));
        }

        @Test
        void nameACircuitWithColonsBracesAndStars() {
            Map<String, String> properties = Map.of("breaker.instances.[tenant:{1}*].minimum-number-of-calls", "3");
            runner.withInitializer(context -> TestPropertyValues.of(properties).applyTo(context))
                    .run(context -> assertThat(config(context.getBean(BreakerRegistry.class), "tenant:{1}*")
                                    .minimumNumberOfCalls())
                            .isEqualTo(3));
        }

        @Test
        void createTheCircuitsTheyName() {
            runner.withPropertyValues("breaker.instances.partner.minimum-number-of-calls=3")
                    .run(context -> assertThat(
                                    context.getBean(BreakerRegistry.class).find("partner"))
                            .isPresent());
        }
    }

    @Nested
    class ATemplateOfAnAnnotation {

        static class Templated {
            @CircuitBreaker(name = "partner", config = "slow")
            void call() {}
        }

        static class WithoutTemplate {
            @CircuitBreaker(name = "partner")
            void call() {}
        }

        private final ApplicationContextRunner templated = runner.withBean(Templated.class)
                .withPropertyValues(
                        "breaker.configs.slow.minimum-number-of-calls=8",
                        "breaker.instances.partner.failure-rate-threshold=33");

        @Test
        void liesUnderTheCircuitsOwnSettings() {
            templated.run(context -> {
                BreakerConfig partner = config(context.getBean(BreakerRegistry.class), "partner");
                assertThat(partner.minimumNumberOfCalls()).isEqualTo(8);
                assertThat(partner.failureRateThreshold()).isEqualTo(33);
            });
        }

        @Test
        void isThatOfTheOtherAnnotationsOfThatCircuitToo() {
            templated
                    .withBean(WithoutTemplate.class)
                    .run(context -> assertThat(config(context.getBean(BreakerRegistry.class), "partner")
                                    .minimumNumberOfCalls())
                            .isEqualTo(8));
        }

        @Test
        void mustExist() {
            runner.withBean(Templated.class)
                    .withPropertyValues("breaker.configs.fast.minimum-number-of-calls=8")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasMessageContaining("Templated.call()")
                            .hasMessageContaining("There is no breaker.configs.slow")
                            .hasMessageContaining("known templates: [fast]"));
        }

        @Test
        void mustBeTheOneOfTheProperties() {
            templated
                    .withPropertyValues(
                            "breaker.configs.fast.minimum-number-of-calls=9",
                            "breaker.instances.partner.base-config=fast")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasMessageContaining("Templated.call()")
                            .hasMessageContaining("'slow' here and from 'fast' elsewhere"));
        }

        @Test
        void isRefusedIfItComesTooLate() {
            templated
                    .withInitializer(context ->
                            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                    .run(context -> assertThatThrownBy(() -> context.getBean(Templated.class))
                            .rootCause()
                            .hasMessageContaining("set breaker.instances.partner.base-config=slow."));
        }
    }

    @Test
    void aFailedStartLeavesNoThreads() {
        Set<Thread> before = threads();
        runner.withPropertyValues(
                        "breaker.maximum-breakers=1",
                        "breaker.instances.a.minimum-number-of-calls=8",
                        "breaker.instances.b.minimum-number-of-calls=8")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("maximum of 1"));
        await().untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("breaker-timer"))
                .collect(Collectors.toSet());
    }

    @Nested
    class BadProperties {

        @Test
        void nameThePropertyTheValueAndTheRule() {
            refuses("breaker.instances.partner.failure-rate-threshold=150", "failure-rate-threshold", "150.0");
            refuses("breaker.defaults.minimum-number-of-calls=0", "breaker.defaults.minimum-number-of-calls", "0");
            refuses("breaker.configs.slow.probe-lease=1ms", "breaker.configs.slow.probe-lease", "PT0.001S");
            refuses("breaker.shared.sync-interval=0s", "breaker.shared.sync-interval", "PT0S");
            refuses("breaker.shared.poll-interval=1h", "breaker.shared.poll-interval", "PT1H");
            refuses("breaker.maximum-breakers=0", "breaker.maximum-breakers", "0");
            refuses("breaker.instances.partner.base-config=none", "breaker.instances.partner.base-config", "none");
        }

        private void refuses(String pair, String property, String value) {
            runner.withPropertyValues(pair)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, failure -> {
                                assertThat(failure.getName()).endsWith(property);
                                assertThat(failure.getValue()).isEqualTo(value);
                                assertThat(failure.getReason()).isNotBlank();
                            }));
        }

        @Test
        void areFoundWhereTheyAreWrittenAndNotWhereTheyAreInherited() {
            runner.withPropertyValues(
                            "breaker.defaults.sliding-window-type=count_based",
                            "breaker.instances.partner.minimum-number-of-calls=50")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("breaker.instances.partner.minimum-number-of-calls"));
        }

        @Test
        void areMisspeltNamesToo() {
            runner.withPropertyValues("breaker.instances.partner.failure-rat-threshold=50")
                    .run(context ->
                            assertThat(context).getFailure().rootCause().hasMessageContaining("failure-rat-threshold"));
        }

        @Test
        void areUnknownValues() {
            runner.withPropertyValues("breaker.defaults.sliding-window-type=weekly")
                    .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("weekly"));
        }
    }

    @Nested
    class Beans {

        @Test
        void ofTheUserAreUsed() {
            runner.withUserConfiguration(UserBeans.class).run(context -> {
                var breaker = context.getBean(BreakerRegistry.class).breaker("partner");
                for (int i = 0; i < 10; i++) {
                    breaker.run(() -> {});
                }
                assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
                assertThat(context.getBean(UserBeans.class).transitions).hasSize(1);
            });
        }

        @Configuration(proxyBeanMethods = false)
        static class UserBeans {

            final List<BreakerEvent.Transition> transitions = new ArrayList<>();

            @Bean
            Ticker ticker() {
                return new ManualTicker();
            }

            @Bean
            OutcomeClassifier classifier() {
                return (result, thrown) -> Outcome.FAILURE;
            }

            @Bean
            BreakerListener listener() {
                return new BreakerListener() {
                    @Override
                    public void onTransition(BreakerEvent.Transition event) {
                        transitions.add(event);
                    }
                };
            }
        }

        @Test
        void letTheUserReplaceTheRegistry() {
            BreakerRegistry own =
                    BreakerRegistry.builder().ticker(new ManualTicker()).build();
            runner.withBean(BreakerRegistry.class, () -> own)
                    .run(context ->
                            assertThat(context).getBean(BreakerRegistry.class).isSameAs(own));
        }

        @Test
        void ofAParentOutliveTheChild() {
            Set<Thread> before = threads();
            runner.run(parent -> {
                BreakerRegistry registry = parent.getBean(BreakerRegistry.class);
                runner.withParent(parent)
                        .run(child ->
                                assertThat(child.getBean(BreakerRegistry.class)).isSameAs(registry));
                assertThat(before.containsAll(threads())).isFalse();
            });
        }

        static class Annotated {
            @CircuitBreaker(name = "of-child")
            void call() {}
        }

        @Test
        void ofAChildInterceptItsOwnBeansThoughTheParentDoesSoToo() {
            runner.run(parent -> runner.withParent(parent)
                    .withBean(Annotated.class)
                    .run(child -> {
                        child.getBean(Annotated.class).call();
                        assertThat(parent.getBean(BreakerRegistry.class)
                                        .breaker("of-child")
                                        .snapshot()
                                        .counts()
                                        .calls())
                                .isEqualTo(1);
                    }));
        }

        @Test
        void outliveAPause() {
            Set<Thread> before = threads();
            runner.run(context -> {
                context.getSourceApplicationContext().stop();
                context.getSourceApplicationContext().start();
                assertThat(before.containsAll(threads())).isFalse();
            });
        }

        @Test
        void workWithoutRedisOnTheClassPath() {
            runner.withClassLoader(new FilteredClassLoader(RedisConnectionFactory.class))
                    .run(context -> {
                        BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                        assertThat(registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.OFF);
                        assertThat(registry.breaker("partner").state()).isEqualTo(BreakerState.CLOSED);
                    });
        }

        @Test
        void workWithoutActuatorOnTheClassPath() {
            runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                    .run(context -> assertThat(context).hasNotFailed().hasSingleBean(BreakerRegistry.class));
        }

        @Test
        void leaveHealthOutOnRequest() {
            runner.withPropertyValues("management.health.breakers.enabled=false")
                    .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        }
    }
}
