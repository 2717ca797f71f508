package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerRegistry;
import dev.breaker.OutcomeRules;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class Resilience4jSettingsTest {

    private static final String OWN = "breaker.instances.partner.";

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class));

    private static BreakerConfig config(ApplicationContext context, String name) {
        return context.getBean(BreakerRegistry.class).breaker(name).config();
    }

    private static BreakerConfig partner(ApplicationContext context) {
        return config(context, "partner");
    }

    /** Named in the file as such classes are. */
    static class Recorded implements Predicate<Throwable> {
        @Override
        public boolean test(Throwable thrown) {
            return thrown instanceof IllegalStateException;
        }
    }

    /** Likewise. */
    static class Ignored implements Predicate<Throwable> {
        @Override
        public boolean test(Throwable thrown) {
            return thrown instanceof IllegalArgumentException;
        }
    }

    /** Likewise. */
    static class RecordedResult implements Predicate<Object> {
        @Override
        public boolean test(Object result) {
            return "".equals(result);
        }
    }

    @Nested
    class AFileOfResilience4jWithAnotherPrefix {

        private static final Set<String> LEAVES = Set.of(
                "waitDurationInOpenState",
                "slowCallDurationThreshold",
                "maxWaitDurationInHalfOpenState",
                "transitionToStateAfterWaitDuration",
                "failureRateThreshold",
                "slowCallRateThreshold",
                "slidingWindowType",
                "slidingWindowSize",
                "minimumNumberOfCalls",
                "permittedNumberOfCallsInHalfOpenState",
                "automaticTransitionFromOpenToHalfOpenEnabled",
                "initialState",
                "writableStackTraceEnabled",
                "allowHealthIndicatorToFail",
                "eventConsumerBufferSize",
                "registerHealthIndicator",
                "recordFailurePredicate",
                "recordExceptions",
                "recordResultPredicate",
                "ignoreExceptionPredicate",
                "ignoreExceptions",
                "baseConfig",
                "enableExponentialBackoff",
                "exponentialBackoffMultiplier",
                "exponentialMaxWaitDurationInOpenState",
                "enableRandomizedWait",
                "randomizedWaitFactor",
                "ignoreClassBindingExceptions");

        private final ApplicationContextRunner moved = runner.withInitializer(
                        new ConfigDataApplicationContextInitializer())
                .withPropertyValues("spring.config.location=classpath:resilience4j-with-another-prefix.yml");

        @Test
        void hasAllOfItsNames() throws Exception {
            String file = new String(
                    Resilience4jSettingsTest.class
                            .getResourceAsStream("/resilience4j-with-another-prefix.yml")
                            .readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertThat(LEAVES.stream()
                            .map(leaf -> leaf.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)))
                    .allSatisfy(leaf -> assertThat(file).containsPattern("(?m)^ +" + Pattern.quote(leaf) + ":"));
            assertThat(Arrays.stream(CircuitProperties.class.getRecordComponents())
                            .map(java.lang.reflect.RecordComponent::getName))
                    .containsAll(LEAVES);
        }

        @Test
        void meansTheSame() {
            moved.run(context -> {
                BreakerConfig partner = partner(context);
                assertThat(partner)
                        .isEqualTo(BreakerConfig.builder()
                                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                                .slidingWindowSize(120)
                                .minimumNumberOfCalls(20)
                                .failureRateThreshold(40)
                                .slowCallRateThreshold(60)
                                .slowCallDurationThreshold(Duration.ofMillis(1500))
                                .waitDurationInOpenState(Duration.ofSeconds(20))
                                .exponentialBackoffMultiplier(2)
                                .exponentialMaxWaitDurationInOpenState(Duration.ofMinutes(5))
                                .automaticTransition(true)
                                .permittedNumberOfCallsInHalfOpenState(4)
                                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(9))
                                .writableStackTrace(true)
                                .classifier(partner.classifier())
                                .build());
            });
        }

        @Test
        void judgesCallsAsItDid() {
            moved.run(context -> {
                OutcomeRules rules = (OutcomeRules) partner(context).classifier();
                assertThat(rules.recordExceptions()).hasSize(2).contains(IOException.class);
                assertThat(rules.ignoreExceptions()).containsExactly(java.io.FileNotFoundException.class);
                assertThat(rules.recordException()).isInstanceOf(Recorded.class);
                assertThat(rules.ignoreException()).isInstanceOf(Ignored.class);
                assertThat(rules.recordResult()).isInstanceOf(RecordedResult.class);
            });
        }

        @Test
        void givesOtherCircuitsItsDefaultTemplate() {
            moved.run(context -> {
                assertThat(config(context, "any").slidingWindowSize()).isEqualTo(50);
                assertThat(config(context, "any").randomizedWaitFactor()).isEqualTo(0.25);
                assertThat(partner(context).randomizedWaitFactor()).isZero();
            });
        }

        @Test
        void sayWhatHealthShows() {
            moved.run(context -> {
                BreakerConfigs configs = context.getBean(BreakerConfigs.class);
                assertThat(configs.isShownInHealth("partner")).isFalse();
                assertThat(configs.affectsHealth("partner")).isTrue();
                assertThat(configs.isShownInHealth("any")).isTrue();
                assertThat(configs.affectsHealth("any")).isFalse();
            });
        }

        @Test
        void isToldOnceWhatHasNoEffect(CapturedOutput output) {
            moved.run(context -> {
                partner(context);
                assertThat(output.getOut().lines().filter(line -> line.contains("Resilience4j")))
                        .singleElement()
                        .asString()
                        .contains("INFO")
                        .contains("breaker.circuit-breaker-aspect-order (order annotations with breaker.aspect.order)")
                        .contains("breaker.tags (tag metrics")
                        .contains("breaker.configs.default.event-consumer-buffer-size (breaker.events.buffer-size is")
                        .contains(
                                "breaker.instances.partner.event-consumer-buffer-size (breaker.events.buffer-size is");
            });
        }
    }

    @Test
    void sayNothingWhereThereAreNone(CapturedOutput output) {
        runner.withPropertyValues(OWN + "minimum-number-of-calls=3", OWN + "register-health-indicator=true")
                .run(context -> assertThat(output.getOut()).doesNotContain("Resilience4j"));
    }

    @Nested
    class ASwitch {

        @Test
        void makesTheWaitGrowByHalfUnlessAMultiplierIsSet() {
            runner.withPropertyValues(OWN + "enable-exponential-backoff=true")
                    .run(context -> assertThat(partner(context).exponentialBackoffMultiplier())
                            .isEqualTo(1.5));
            runner.withPropertyValues(
                            OWN + "enable-exponential-backoff=true",
                            "breaker.defaults.exponential-backoff-multiplier=3")
                    .run(context -> assertThat(partner(context).exponentialBackoffMultiplier())
                            .isEqualTo(3));
        }

        @Test
        void makesALongWaitGrowWithoutACapThatIsWrittenNowhere() {
            ApplicationContextRunner longWait = runner.withPropertyValues(
                    OWN + "enable-exponential-backoff=true", "breaker.defaults.wait-duration-in-open-state=11m");
            longWait.run(context -> assertThat(partner(context).exponentialMaxWaitDurationInOpenState())
                    .isEqualTo(Duration.ofDays(365)));
            longWait.withPropertyValues("breaker.defaults.exponential-max-wait-duration-in-open-state=20m")
                    .run(context -> assertThat(partner(context).exponentialMaxWaitDurationInOpenState())
                            .isEqualTo(Duration.ofMinutes(20)));
            longWait.withPropertyValues(OWN + "wait-duration-in-open-state=10m")
                    .run(context -> assertThat(partner(context).exponentialMaxWaitDurationInOpenState())
                            .isEqualTo(Duration.ofMinutes(10)));
        }

        @Test
        void thatIsOffMakesTheWaitFixed() {
            runner.withPropertyValues(
                            "breaker.defaults.enable-exponential-backoff=true",
                            OWN + "enable-exponential-backoff=false",
                            OWN + "exponential-backoff-multiplier=3")
                    .run(context -> assertThat(partner(context).exponentialBackoffMultiplier())
                            .isEqualTo(1));
        }

        @Test
        void spreadsTheWaitByHalfUnlessAFactorIsSet() {
            runner.withPropertyValues(OWN + "enable-randomized-wait=true")
                    .run(context ->
                            assertThat(partner(context).randomizedWaitFactor()).isEqualTo(0.5));
            runner.withPropertyValues(OWN + "enable-randomized-wait=true", OWN + "randomized-wait-factor=0.1")
                    .run(context ->
                            assertThat(partner(context).randomizedWaitFactor()).isEqualTo(0.1));
        }

        @Test
        void thatIsOffDoesNotSpreadTheWait() {
            runner.withPropertyValues(
                            OWN + "enable-randomized-wait=false", "breaker.defaults.randomized-wait-factor=0.1")
                    .run(context ->
                            assertThat(partner(context).randomizedWaitFactor()).isZero());
        }
    }

    @Nested
    class ASmallWindow {

        private final ApplicationContextRunner small = runner.withPropertyValues(
                "breaker.defaults.sliding-window-type=count_based", OWN + "sliding-window-size=4");

        @Test
        void isJudgedWhenItIsFull() {
            small.run(context ->
                    assertThat(partner(context).minimumNumberOfCalls()).isEqualTo(4));
        }

        @Test
        void takesAMinimumThatIsWrittenAboveItForItsSize() {
            small.withPropertyValues("breaker.defaults.minimum-number-of-calls=5")
                    .run(context ->
                            assertThat(partner(context).minimumNumberOfCalls()).isEqualTo(4));
            small.withPropertyValues(
                            "breaker.defaults.minimum-number-of-calls=5",
                            "breaker.configs.default.minimum-number-of-calls=9")
                    .run(context ->
                            assertThat(partner(context).minimumNumberOfCalls()).isEqualTo(4));
        }

        @Test
        void doesNotChangeAMinimumThatIsWritten() {
            small.withPropertyValues("breaker.defaults.minimum-number-of-calls=2")
                    .run(context ->
                            assertThat(partner(context).minimumNumberOfCalls()).isEqualTo(2));
            small.withPropertyValues(OWN + "minimum-number-of-calls=5")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasStackTraceContaining("Must not be above slidingWindowSize (4)"));
        }
    }

    @Nested
    class TwoNamesOfOneSetting {

        @Test
        void mayAgree() {
            runner.withPropertyValues(
                            OWN + "automatic-transition=true",
                            OWN + "automatic-transition-from-open-to-half-open-enabled=true")
                    .run(context ->
                            assertThat(partner(context).automaticTransition()).isTrue());
        }

        @Test
        void stopTheStartIfTheyDiffer() {
            stop("automatic-transition", "automatic-transition-from-open-to-half-open-enabled");
            stop("writable-stack-trace", "writable-stack-trace-enabled");
            stop("show-in-health", "register-health-indicator");
            stop("affects-health", "allow-health-indicator-to-fail");
        }

        private void stop(String name, String otherName) {
            runner.withPropertyValues(OWN + name + "=true", OWN + otherName + "=false")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasStackTraceContaining("breaker.instances.partner")
                            .rootCause()
                            .hasMessage(name + " (true) and " + otherName
                                    + " (false) are two names of one setting and must not differ; remove " + otherName
                                    + "."));
        }

        @Test
        void mayDifferInDifferentLayers() {
            runner.withPropertyValues("breaker.defaults.register-health-indicator=false", OWN + "show-in-health=true")
                    .run(context -> {
                        BreakerConfigs configs = context.getBean(BreakerConfigs.class);
                        assertThat(configs.isShownInHealth("partner")).isTrue();
                        assertThat(configs.isShownInHealth("any")).isFalse();
                    });
        }
    }

    @Nested
    class WhatCircuitsCannotDo {

        @Test
        void stopsTheStart() {
            stops("transition-to-state-after-wait-duration=closed", "Must be OPEN, if set");
        }

        private void stops(String pair, String rule) {
            runner.withPropertyValues(OWN + pair)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasStackTraceContaining(OWN + pair.substring(0, pair.indexOf('=')))
                            .hasStackTraceContaining(rule));
        }
    }
}
