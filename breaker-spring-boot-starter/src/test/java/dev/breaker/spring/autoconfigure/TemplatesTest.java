package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class TemplatesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withPropertyValues(
                    "breaker.defaults.minimum-number-of-calls=1",
                    "breaker.defaults.failure-count-threshold=1",
                    "breaker.configs.default.minimum-number-of-calls=2",
                    "breaker.configs.slow.minimum-number-of-calls=3");

    private static int minimum(ApplicationContext context, String name) {
        return context.getBean(BreakerRegistry.class).breaker(name).config().minimumNumberOfCalls();
    }

    @Test
    void theDefaultOneIsForCircuitsThatNameNoOther() {
        runner.withPropertyValues(
                        "breaker.instances.partner.failure-rate-threshold=33",
                        "breaker.instances.other.base-config=slow")
                .run(context -> {
                    assertThat(minimum(context, "partner")).isEqualTo(2);
                    assertThat(minimum(context, "any")).isEqualTo(2);
                    assertThat(minimum(context, "other")).isEqualTo(3);
                });
    }

    @Test
    void theDefaultOneIsAboveTheDefaultsAndBelowACircuitsOwnSettings() {
        runner.withPropertyValues("breaker.instances.partner.minimum-number-of-calls=9")
                .run(context -> {
                    assertThat(minimum(context, "partner")).isEqualTo(9);
                    assertThat(context.getBean(BreakerRegistry.class)
                                    .breaker("any")
                                    .config()
                                    .failureCountThreshold())
                            .isEqualTo(1);
                });
    }

    @Test
    void theOneOfItsNameIsForACircuitThatNamesNoOther() {
        runner.run(context -> assertThat(minimum(context, "slow")).isEqualTo(3));
    }

    @Test
    void mayHaveATemplateThemselves() {
        runner.withPropertyValues(
                        "breaker.configs.slower.base-config=slow",
                        "breaker.configs.slower.failure-count-threshold=7",
                        "breaker.instances.partner.base-config=slower")
                .run(context -> {
                    assertThat(minimum(context, "partner")).isEqualTo(3);
                    assertThat(context.getBean(BreakerRegistry.class)
                                    .breaker("partner")
                                    .config()
                                    .failureCountThreshold())
                            .isEqualTo(7);
                });
    }

    @Test
    void mustNotLeadBackToThemselves() {
        runner.withPropertyValues("breaker.configs.slow.base-config=slower", "breaker.configs.slower.base-config=slow")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("base-config")
                        .hasMessageContaining("Must not lead back to the same template."));
    }

    @Test
    void mustExistWhereATemplateNamesThem() {
        runner.withPropertyValues("breaker.configs.slow.base-config=none")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("breaker.configs.slow.base-config")
                        .hasMessageContaining("There is no breaker.configs.none"));
    }

    @Test
    void areNotForTheDefaults() {
        runner.withPropertyValues("breaker.defaults.base-config=slow")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("breaker.defaults.base-config")
                        .hasMessageContaining("use breaker.configs.default"));
    }
}
