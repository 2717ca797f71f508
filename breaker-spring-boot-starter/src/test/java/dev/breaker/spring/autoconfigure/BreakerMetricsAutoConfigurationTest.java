package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import dev.breaker.Ticker;
import dev.breaker.spring.micrometer.BreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class BreakerMetricsAutoConfigurationTest {

    private static final Class<?> OF_BOOT = CompositeMeterRegistryAutoConfiguration.class;

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withBean(Ticker.class, ManualTicker::new)
            .withConfiguration(
                    AutoConfigurations.of(BreakerAutoConfiguration.class, BreakerMetricsAutoConfiguration.class));

    private final ApplicationContextRunner runner = plain.withConfiguration(
            AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class, OF_BOOT));

    private static Iterable<String> published(MeterRegistry meters) {
        return meters.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.matches("(breaker|resilience4j)\\..*"))
                .distinct()
                .toList();
    }

    private static boolean timed(BreakerRegistry registry) {
        return registry.breaker("partner").isTimed();
    }

    @Test
    void publishesTheMetersOfAllCircuitsUnderItsOwnNames() {
        runner.withPropertyValues("breaker.instances.partner.failure-rate-threshold=40")
                .run(context -> {
                    assertThat(published(context.getBean(MeterRegistry.class)))
                            .containsExactlyInAnyOrder(
                                    "breaker.calls",
                                    "breaker.slow.calls",
                                    "breaker.fallback.calls",
                                    "breaker.state",
                                    "breaker.failure.rate",
                                    "breaker.slow.call.rate");
                    assertThat(timed(context.getBean(BreakerRegistry.class))).isFalse();
                });
    }

    @Test
    void publishesThemInEveryMeterRegistryOfTheApplication() {
        runner.withBean("first", MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("second", MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    context.getBean(BreakerRegistry.class).breaker("partner");
                    assertThat(context.getBeansOfType(MeterRegistry.class).values())
                            .hasSize(3)
                            .allSatisfy(
                                    meters -> assertThat(published(meters)).contains("breaker.calls", "breaker.state"));
                });
    }

    @Test
    void publishesTheMetersOfResilience4jInAdditionAndTimesAllCallsThen() {
        runner.withPropertyValues("breaker.metrics.resilience4j-names=true").run(context -> {
            assertThat(timed(context.getBean(BreakerRegistry.class))).isTrue();
            assertThat(published(context.getBean(MeterRegistry.class)))
                    .contains("breaker.calls", "breaker.call.duration", "resilience4j.circuitbreaker.calls");
        });
    }

    @Test
    void backsOffWhenSwitchedOff() {
        runner.withPropertyValues("breaker.metrics.enabled=false", "breaker.metrics.resilience4j-names=true")
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(BreakerMetrics.class);
                    assertThat(timed(context.getBean(BreakerRegistry.class))).isFalse();
                    assertThat(published(context.getBean(MeterRegistry.class))).isEmpty();
                });
    }

    @Test
    void backsOffWithoutMicrometer() {
        plain.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(BreakerRegistry.class)
                        .doesNotHaveBean("breakerMetrics"));
    }

    @Test
    void backsOffWithoutTheMetricsOfBoot() {
        plain.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(BreakerRegistry.class)
                        .doesNotHaveBean("breakerMetrics"));
    }

    @Test
    void backsOffWithoutAMeterRegistry() {
        plain.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(BreakerMetrics.class));
    }

    @Test
    void startsLazilyThoughAListenerNeedsTheMeterRegistry() {
        runner.withUserConfiguration(Listening.class)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    context.getBean(BreakerRegistry.class).breaker("partner");
                    assertThat(published(context.getBean(MeterRegistry.class))).contains("breaker.calls");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @Bean
        BreakerListener counting(MeterRegistry meters) {
            return new BreakerListener() {
                @Override
                public void onTransition(BreakerEvent.Transition event) {
                    meters.counter("transitions").increment();
                }
            };
        }
    }

    @Test
    void givesWayToAnotherBean() {
        runner.withBean(
                        "mine",
                        BreakerMetrics.class,
                        () -> new BreakerMetrics(BreakerRegistry.builder().build()))
                .run(context ->
                        assertThat(context.getBean(BreakerMetrics.class)).isSameAs(context.getBean("mine")));
    }
}
