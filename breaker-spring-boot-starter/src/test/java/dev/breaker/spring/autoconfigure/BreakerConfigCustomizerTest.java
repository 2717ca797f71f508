package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

class BreakerConfigCustomizerTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withPropertyValues("breaker.instances.partner.minimum-number-of-calls=3");

    private static int minimum(BreakerRegistry registry, String name) {
        return registry.breaker(name).config().minimumNumberOfCalls();
    }

    private ApplicationContextRunner with(BreakerConfigCustomizer customizer) {
        return runner.withBean(BreakerConfigCustomizer.class, () -> customizer);
    }

    @Test
    void comesAfterTheProperties() {
        with((name, builder) -> builder.minimumNumberOfCalls(name.length())).run(context -> {
            BreakerRegistry registry = context.getBean(BreakerRegistry.class);
            assertThat(minimum(registry, "partner")).isEqualTo(7);
            assertThat(minimum(registry, "any")).isEqualTo(3);
        });
    }

    @Test
    void isCalledOnceForEachCircuit() {
        List<String> names = new ArrayList<>();
        with((name, builder) -> names.add(name)).run(context -> {
            context.getBean(BreakerRegistry.class).breaker("other");
            context.getBean(BreakerRegistry.class).breaker("other");
            assertThat(names).containsExactly("partner", "other");
        });
    }

    @Test
    void comesAfterPropertiesThatChangeToo() {
        List<String> names = new ArrayList<>();
        with((name, builder) -> {
                    names.add(name);
                    builder.minimumNumberOfCalls(7);
                })
                .run(context -> {
                    names.clear();
                    change(context, "breaker.instances.partner.failure-count-threshold=5");
                    BreakerConfig config = context.getBean(BreakerRegistry.class)
                            .breaker("partner")
                            .config();
                    assertThat(config.failureCountThreshold()).isEqualTo(5);
                    assertThat(config.minimumNumberOfCalls()).isEqualTo(7);
                    assertThat(names).containsExactly("partner", "partner");
                });
    }

    @Test
    void keepsAllSettingsIfItRefusesChangedOnes() {
        with((name, builder) -> {
                    if (name.equals("partner") && builder.build().failureCountThreshold() > 4) {
                        throw new UnsupportedOperationException("too many");
                    }
                })
                .run(context -> {
                    BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                    Breaker other = registry.breaker("other");
                    assertThatThrownBy(() -> change(context, "breaker.defaults.failure-count-threshold=5"))
                            .hasMessageContaining("failed to customize circuit breaker 'partner'");
                    assertThat(other.config().failureCountThreshold()).isZero();
                    assertThat(registry.breaker("partner").config().failureCountThreshold())
                            .isZero();
                });
    }

    private static void change(ConfigurableApplicationContext context, String pair) {
        TestPropertyValues.of(pair).applyTo(context);
        context.getBean(BreakerPropertiesRebinder.class).rebind();
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {

        @Bean
        @Order(2)
        BreakerConfigCustomizer last() {
            return (name, builder) -> builder.minimumNumberOfCalls(22);
        }

        @Bean
        @Order(1)
        BreakerConfigCustomizer first() {
            return (name, builder) -> builder.minimumNumberOfCalls(11).failureCountThreshold(5);
        }
    }

    @Test
    void comesInItsOrder() {
        runner.withUserConfiguration(Two.class).run(context -> {
            BreakerRegistry registry = context.getBean(BreakerRegistry.class);
            assertThat(minimum(registry, "partner")).isEqualTo(22);
            assertThat(registry.breaker("partner").config().failureCountThreshold())
                    .isEqualTo(5);
        });
    }

    @Test
    void stopsTheStartIfItBreaksARule() {
        with((name, builder) -> builder.minimumNumberOfCalls(0))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "Invalid minimumNumberOfCalls (0) for circuit breaker 'partner': must be at least 1."));
    }

    @Test
    void isNamedWithTheCircuitIfItThrows() {
        with((name, builder) -> {
                    if (name.equals("other")) {
                        throw new UnsupportedOperationException("no");
                    }
                })
                .run(context -> {
                    BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                    assertThatThrownBy(() -> registry.breaker("other"))
                            .hasMessageContaining("BreakerConfigCustomizerTest")
                            .hasMessageContaining("failed to customize circuit breaker 'other'")
                            .hasCauseInstanceOf(UnsupportedOperationException.class);
                    assertThat(registry.find("other")).isEmpty();
                });
    }
}
