package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import dev.breaker.spring.cloud.BreakerFactory;
import dev.breaker.spring.cloud.FactoryCircuits;
import dev.breaker.spring.cloud.ReactiveBreakerFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.cloud.client.circuitbreaker.ReactiveCircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.httpservice.CircuitBreakerRestClientHttpServiceGroupConfigurer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import reactor.core.publisher.Mono;

class BreakerCloudAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BreakerAutoConfiguration.class,
                    BreakerHealthAutoConfiguration.class,
                    BreakerCloudAutoConfiguration.class))
            .withBean(ManualTicker.class);

    private static int minimumCalls(ApplicationContext context, String name) {
        return context.getBean(BreakerRegistry.class)
                .find(name)
                .orElseThrow()
                .config()
                .minimumNumberOfCalls();
    }

    @Nested
    class TheFactories {

        @Test
        void areThereWithSpringCloudAndReactor() {
            runner.run(context -> assertThat(context)
                    .hasSingleBean(BreakerFactory.class)
                    .hasSingleBean(ReactiveBreakerFactory.class));
        }

        @Test
        void areNotThereWithoutSpringCloud() {
            runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                    .run(context -> assertThat(context)
                            .hasSingleBean(BreakerRegistry.class)
                            .doesNotHaveBean(BreakerFactory.class)
                            .doesNotHaveBean(ReactiveBreakerFactory.class));
        }

        @Test
        void areNotReactiveWithoutReactor() {
            runner.withClassLoader(new FilteredClassLoader("reactor"))
                    .run(context -> assertThat(context)
                            .hasSingleBean(BreakerFactory.class)
                            .doesNotHaveBean(ReactiveBreakerFactory.class));
        }

        @Test
        void areNotThereOnRequest() {
            runner.withPropertyValues("spring.cloud.circuitbreaker.breaker.enabled=false")
                    .run(context -> assertThat(context)
                            .doesNotHaveBean(CircuitBreakerFactory.class)
                            .doesNotHaveBean(ReactiveCircuitBreakerFactory.class));
        }

        @Test
        void leaveThePlaceToThoseOfTheUser() {
            runner.withUserConfiguration(OtherFactory.class)
                    .run(context -> assertThat(context)
                            .hasSingleBean(CircuitBreakerFactory.class)
                            .doesNotHaveBean(BreakerFactory.class)
                            .hasSingleBean(ReactiveBreakerFactory.class));
        }

        @Configuration(proxyBeanMethods = false)
        static class OtherFactory {
            @Bean
            CircuitBreakerFactory<?, ?> other() {
                return mock(CircuitBreakerFactory.class);
            }
        }

        @Test
        void comeBeforeSpringCloudLooksForThem() {
            runner.withConfiguration(AutoConfigurations.of(CommonsClientAutoConfiguration.class))
                    .run(context -> assertThat(context)
                            .hasSingleBean(CircuitBreakerRestClientHttpServiceGroupConfigurer.class));
        }

        @Test
        void arePreparedAheadOfTime() {
            try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
                context.register(BreakerAutoConfiguration.class, BreakerCloudAutoConfiguration.class);
                InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
                DefaultGenerationContext generation = new DefaultGenerationContext(
                        new ClassNameGenerator(ClassName.get("dev.breaker", "Application")), files);
                new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
                generation.writeGeneratedContent();
                assertThat(files.getGeneratedFiles(GeneratedFiles.Kind.SOURCE).keySet())
                        .anyMatch(file -> file.contains("BreakerCloudAutoConfiguration__BeanDefinitions"));
            }
        }
    }

    @Nested
    class Circuits {

        @Test
        void areThoseOfTheRegistry() {
            runner.run(context -> {
                context.getBean(CircuitBreakerFactory.class).create("partner").run(() -> "hot");
                context.getBean(ReactiveCircuitBreakerFactory.class)
                        .create("partner")
                        .run(Mono.just("hot"))
                        .block();
                BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                assertThat(registry.breakers()).hasSize(1);
                assertThat(registry.breaker("partner").snapshot().counts().calls())
                        .isEqualTo(2);
                assertThat(context.getBean(HealthIndicator.class).health().getDetails())
                        .hasEntrySatisfying(
                                "circuits",
                                shown -> assertThat(shown).asString().startsWith("{partner="));
            });
        }

        @Test
        void needAName() {
            runner.run(context -> {
                BreakerFactory factory = context.getBean(BreakerFactory.class);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> factory.create(" "))
                        .withMessage("A circuit breaker must have an id");
                assertThatIllegalArgumentException().isThrownBy(() -> factory.create(null));
            });
        }

        @Test
        void areNoMoreThanTheMaximum() {
            runner.withPropertyValues("breaker.maximum-breakers=1", "breaker.configs.group.minimum-number-of-calls=3")
                    .run(context -> {
                        BreakerFactory factory = context.getBean(BreakerFactory.class);
                        factory.create("a");
                        factory.configureDefault(id ->
                                BreakerConfig.builder().minimumNumberOfCalls(4).build());
                        assertThatIllegalStateException()
                                .isThrownBy(() -> factory.create("b"))
                                .withMessageContaining("'b' would be one more than the maximum of 1");
                        assertThatIllegalStateException().isThrownBy(() -> factory.create("c", "group"));
                        FactoryCircuits circuits = context.getBean(FactoryCircuits.class);
                        assertThat(circuits.settings("b").minimumNumberOfCalls())
                                .as("kept of b")
                                .isEqualTo(10);
                        assertThat(circuits.settings("c").minimumNumberOfCalls())
                                .as("kept of c")
                                .isEqualTo(10);
                    });
        }
    }

    @Nested
    class Settings {

        @Test
        void areThoseOfTheProperties() {
            runner.withPropertyValues("breaker.instances.partner.minimum-number-of-calls=3")
                    .run(context -> {
                        context.getBean(BreakerFactory.class).create("partner");
                        assertThat(minimumCalls(context, "partner")).isEqualTo(3);
                    });
        }

        @Test
        void areThoseOfTheGroupWhereNothingIsWrittenAboutTheCircuit() {
            runner.withPropertyValues(
                            "breaker.configs.partners.minimum-number-of-calls=3",
                            "breaker.instances.written.failure-rate-threshold=33")
                    .run(context -> {
                        BreakerFactory factory = context.getBean(BreakerFactory.class);
                        ReactiveBreakerFactory reactive = context.getBean(ReactiveBreakerFactory.class);
                        factory.create("offers", "partners");
                        reactive.create("prices", "partners");
                        factory.create("written", "partners");
                        factory.create("alone", "nobody");
                        assertThat(minimumCalls(context, "offers")).isEqualTo(3);
                        assertThat(minimumCalls(context, "prices")).isEqualTo(3);
                        assertThat(minimumCalls(context, "written")).isEqualTo(10);
                        assertThat(minimumCalls(context, "alone")).isEqualTo(10);
                    });
        }

        @Test
        void areTheFactorysDefaultsWhereNothingIsWritten() {
            runner.withPropertyValues(
                            "breaker.configs.partners.minimum-number-of-calls=3",
                            "breaker.instances.written.minimum-number-of-calls=4")
                    .run(context -> {
                        BreakerFactory factory = context.getBean(BreakerFactory.class);
                        factory.configureDefault(id -> BreakerConfig.builder()
                                .minimumNumberOfCalls(id.length())
                                .build());
                        factory.create("seventy");
                        factory.create("grouped", "partners");
                        factory.create("written");
                        assertThat(minimumCalls(context, "seventy")).isEqualTo(7);
                        assertThat(minimumCalls(context, "grouped")).isEqualTo(3);
                        assertThat(minimumCalls(context, "written")).isEqualTo(4);
                    });
        }

        @Test
        void areChangedByCustomizers() {
            runner.withUserConfiguration(Customizers.class)
                    .withPropertyValues("breaker.instances.partner.failure-rate-threshold=33")
                    .run(context -> {
                        assertThat(minimumCalls(context, "partner")).isEqualTo(5);
                        assertThat(context.getBean(BreakerRegistry.class)
                                        .breaker("partner")
                                        .config()
                                        .failureRateThreshold())
                                .isEqualTo(33);
                        context.getBean(ReactiveBreakerFactory.class).create("prices");
                        assertThat(minimumCalls(context, "prices")).isEqualTo(6);
                    });
        }

        @Configuration(proxyBeanMethods = false)
        static class Customizers {
            @Bean
            Customizer<BreakerFactory> fewCalls() {
                return factory ->
                        factory.configure(builder -> builder.settings().minimumNumberOfCalls(5), "partner");
            }

            @Bean
            Customizer<ReactiveBreakerFactory> someCalls() {
                return factory ->
                        factory.configure(builder -> builder.settings().minimumNumberOfCalls(6), "prices");
            }
        }

        @Test
        void areRefusedWithTheNameOfTheCircuit() {
            runner.run(context -> assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.getBean(BreakerFactory.class)
                            .configure(builder -> builder.settings().failureRateThreshold(150), "partner"))
                    .withMessageContaining("failureRateThreshold (150.0) for circuit breaker 'partner'"));
        }

        @Test
        void areRefusedIfTheyComeTooLate() {
            runner.run(context -> {
                BreakerFactory factory = context.getBean(BreakerFactory.class);
                factory.create("partner");
                factory.configure(builder -> builder.settings().minimumNumberOfCalls(10), "partner");
                assertThatIllegalStateException()
                        .isThrownBy(() ->
                                factory.configure(builder -> builder.settings().minimumNumberOfCalls(11), "partner"))
                        .withMessageContaining("write them under breaker.instances.partner");
            });
        }
    }
}
