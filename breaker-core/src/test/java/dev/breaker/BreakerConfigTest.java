package dev.breaker;

import static dev.breaker.BreakerConfig.SlidingWindowType.COUNT_BASED;
import static dev.breaker.BreakerConfig.SlidingWindowType.TIME_BASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BreakerConfigTest {

    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration TINY = Duration.ofNanos(1);
    private static final Duration MILLI = Duration.ofMillis(1);

    /** Names the type of a lambda. */
    private static UnaryOperator<BreakerConfig.Builder> with(UnaryOperator<BreakerConfig.Builder> change) {
        return change;
    }

    @Nested
    class Defaults {

        private final BreakerConfig defaults = BreakerConfig.defaults();

        @Test
        void areThoseOfTheBuilder() {
            assertThat(BreakerConfig.builder().build().toString().replaceAll("classifier=.*", ""))
                    .isEqualTo(defaults.toString().replaceAll("classifier=.*", ""));
        }

        @Test
        void countTheCallsOfTenSeconds() {
            assertThat(defaults.slidingWindowType()).isEqualTo(TIME_BASED);
            assertThat(defaults.slidingWindowSize()).isEqualTo(10);
            assertThat(defaults.minimumNumberOfCalls()).isEqualTo(10);
        }

        @Test
        void openAtHalfOfTheCallsFailing() {
            assertThat(defaults.failureRateThreshold()).isEqualTo(50);
            assertThat(defaults.slowCallRateThreshold()).isEqualTo(100);
            assertThat(defaults.slowCallDurationThreshold()).isNull();
            assertThat(defaults.failureCountThreshold()).isZero();
            assertThat(defaults.consecutiveFailureThreshold()).isZero();
        }

        @Test
        void waitThirtySecondsEachTime() {
            assertThat(defaults.waitDurationInOpenState()).isEqualTo(Duration.ofSeconds(30));
            assertThat(defaults.exponentialBackoffMultiplier()).isEqualTo(1);
            assertThat(defaults.exponentialMaxWaitDurationInOpenState()).isEqualTo(Duration.ofMinutes(10));
            assertThat(defaults.randomizedWaitFactor()).isZero();
            assertThat(defaults.automaticTransition()).isFalse();
            assertThat(defaults.maxRetryAfter()).isEqualTo(Duration.ofMinutes(10));
            assertThat(defaults.maxKeys()).isEqualTo(1_000);
            assertThat(defaults.keyIdleExpiry()).isEqualTo(Duration.ofMinutes(10));
        }

        @Test
        void makeFiveProbes() {
            assertThat(defaults.permittedNumberOfCallsInHalfOpenState()).isEqualTo(5);
            assertThat(defaults.maxWaitDurationInHalfOpenState()).isZero();
            assertThat(defaults.probeLease()).isEqualTo(Duration.ofSeconds(10));
            assertThat(defaults.halfOpenAcquireTimeout()).isEqualTo(Duration.ofMillis(50));
        }

        @Test
        void shareAndHaveNoStackTraces() {
            assertThat(defaults.sharing()).isTrue();
            assertThat(defaults.writableStackTrace()).isFalse();
        }

        @Test
        void takeEveryExceptionForAFailureButCancellation() {
            OutcomeClassifier classifier = defaults.classifier();
            assertThat(classifier.classify("offer", null)).isEqualTo(Outcome.SUCCESS);
            assertThat(classifier.classify(null, null)).isEqualTo(Outcome.SUCCESS);
            assertThat(classifier.classify(null, new IllegalArgumentException()))
                    .isEqualTo(Outcome.FAILURE);
            assertThat(classifier.classify(null, new StackOverflowError())).isEqualTo(Outcome.FAILURE);
            assertThat(classifier.classify(null, new CancellationException())).isEqualTo(Outcome.IGNORED);
            assertThat(classifier.retryAfter(new IllegalStateException())).isNull();
        }
    }

    @Nested
    class Validation {

        static Stream<Arguments> invalid() {
            return Stream.of(
                    arguments(
                            with(config -> config.slidingWindowSize(0)),
                            "Invalid slidingWindowSize (0): must be between 1 and 86400."),
                    arguments(
                            with(config -> config.slidingWindowSize(86_401)),
                            "Invalid slidingWindowSize (86401): must be between 1 and 86400."),
                    arguments(
                            with(config -> config.slidingWindowType(COUNT_BASED).slidingWindowSize(10_001)),
                            "Invalid slidingWindowSize (10001): must be between 1 and 10000."),
                    arguments(
                            with(config -> config.minimumNumberOfCalls(0)),
                            "Invalid minimumNumberOfCalls (0): must be at least 1."),
                    arguments(
                            with(config -> config.slidingWindowType(COUNT_BASED).minimumNumberOfCalls(11)),
                            "Invalid minimumNumberOfCalls (11): must not be above slidingWindowSize (10) of a"
                                    + " COUNT_BASED window."),
                    arguments(
                            with(config -> config.slidingWindowType(COUNT_BASED).failureCountThreshold(11)),
                            "Invalid failureCountThreshold (11): must not be above slidingWindowSize (10) of a"
                                    + " COUNT_BASED window."),
                    arguments(
                            with(config -> config.failureRateThreshold(150)),
                            "Invalid failureRateThreshold (150.0): must be above 0 and at most 100."),
                    arguments(
                            with(config -> config.failureRateThreshold(Math.nextUp(100.0))),
                            "Invalid failureRateThreshold (100.00000000000001): must be above 0 and at most 100."),
                    arguments(
                            with(config -> config.failureRateThreshold(0)),
                            "Invalid failureRateThreshold (0.0): must be above 0 and at most 100."),
                    arguments(
                            with(config -> config.failureRateThreshold(Double.NaN)),
                            "Invalid failureRateThreshold (NaN): must be above 0 and at most 100."),
                    arguments(
                            with(config -> config.slowCallRateThreshold(-1)),
                            "Invalid slowCallRateThreshold (-1.0): must be above 0 and at most 100."),
                    arguments(
                            with(config -> config.slowCallDurationThreshold(Duration.ZERO)),
                            "Invalid slowCallDurationThreshold (PT0S): must be between PT0.000000001S and PT8760H."),
                    arguments(
                            with(config -> config.slowCallDurationThreshold(YEAR.plus(TINY))),
                            "Invalid slowCallDurationThreshold (PT8760H0.000000001S): must be between"
                                    + " PT0.000000001S and PT8760H."),
                    arguments(
                            with(config -> config.failureCountThreshold(-1)),
                            "Invalid failureCountThreshold (-1): must be at least 0."),
                    arguments(
                            with(config -> config.consecutiveFailureThreshold(-1)),
                            "Invalid consecutiveFailureThreshold (-1): must be at least 0."),
                    arguments(
                            with(config -> config.waitDurationInOpenState(MILLI.minus(TINY))),
                            "Invalid waitDurationInOpenState (PT0.000999999S): must be between PT0.001S and PT8760H."),
                    arguments(
                            with(config -> config.waitDurationInOpenState(YEAR.plus(TINY))),
                            "Invalid waitDurationInOpenState (PT8760H0.000000001S): must be between PT0.001S and"
                                    + " PT8760H."),
                    arguments(
                            with(config -> config.exponentialBackoffMultiplier(0.999)),
                            "Invalid exponentialBackoffMultiplier (0.999): must be between 1 and 1000."),
                    arguments(
                            with(config -> config.exponentialBackoffMultiplier(1000.1)),
                            "Invalid exponentialBackoffMultiplier (1000.1): must be between 1 and 1000."),
                    arguments(
                            with(config -> config.exponentialBackoffMultiplier(Double.NaN)),
                            "Invalid exponentialBackoffMultiplier (NaN): must be between 1 and 1000."),
                    arguments(
                            with(config -> config.exponentialMaxWaitDurationInOpenState(Duration.ZERO)),
                            "Invalid exponentialMaxWaitDurationInOpenState (PT0S): must be between PT0.001S and"
                                    + " PT8760H."),
                    arguments(
                            with(config -> config.exponentialBackoffMultiplier(2)
                                    .exponentialMaxWaitDurationInOpenState(Duration.ofSeconds(29))),
                            "Invalid exponentialMaxWaitDurationInOpenState (PT29S): must not be below"
                                    + " waitDurationInOpenState (PT30S)."),
                    arguments(
                            with(config -> config.randomizedWaitFactor(1)),
                            "Invalid randomizedWaitFactor (1.0): must be at least 0 and below 1."),
                    arguments(
                            with(config -> config.randomizedWaitFactor(-0.1)),
                            "Invalid randomizedWaitFactor (-0.1): must be at least 0 and below 1."),
                    arguments(
                            with(config -> config.permittedNumberOfCallsInHalfOpenState(0)),
                            "Invalid permittedNumberOfCallsInHalfOpenState (0): must be between 1 and 10000."),
                    arguments(
                            with(config -> config.permittedNumberOfCallsInHalfOpenState(10_001)),
                            "Invalid permittedNumberOfCallsInHalfOpenState (10001): must be between 1 and 10000."),
                    arguments(
                            with(config -> config.maxWaitDurationInHalfOpenState(TINY.negated())),
                            "Invalid maxWaitDurationInHalfOpenState (PT-0.000000001S): must be between PT0S and"
                                    + " PT8760H."),
                    arguments(
                            with(config -> config.probeLease(Duration.ofMillis(9))),
                            "Invalid probeLease (PT0.009S): must be between PT0.01S and PT8760H."),
                    arguments(
                            with(config -> config.halfOpenAcquireTimeout(Duration.ofMillis(-1))),
                            "Invalid halfOpenAcquireTimeout (PT-0.001S): must be between PT0S and PT1M."),
                    arguments(
                            with(config -> config.halfOpenAcquireTimeout(Duration.ofMillis(60_001))),
                            "Invalid halfOpenAcquireTimeout (PT1M0.001S): must be between PT0S and PT1M."),
                    arguments(
                            with(config -> config.maxRetryAfter(Duration.ZERO)),
                            "Invalid maxRetryAfter (PT0S): must be between PT0.001S and PT8760H."),
                    arguments(with(config -> config.maxKeys(0)), "Invalid maxKeys (0): must be between 1 and 100000."),
                    arguments(
                            with(config -> config.keyIdleExpiry(Duration.ofMillis(999))),
                            "Invalid keyIdleExpiry (PT0.999S): must be between PT1S and PT8760H."),
                    arguments(
                            with(config -> config.slidingWindowType(null)),
                            "Invalid slidingWindowType (null): must not be null."),
                    arguments(
                            with(config -> config.waitDurationInOpenState(null)),
                            "Invalid waitDurationInOpenState (null): must not be null."),
                    arguments(
                            with(config -> config.healthProbeResult(null)),
                            "Invalid healthProbeResult (null): must not be null."),
                    arguments(
                            with(config -> config.initialState(null)),
                            "Invalid initialState (null): must not be null."),
                    arguments(with(config -> config.classifier(null)), "Invalid classifier (null): must not be null."));
        }

        @ParameterizedTest(name = "{1}")
        @MethodSource("invalid")
        void tellsSettingValueAndRule(UnaryOperator<BreakerConfig.Builder> change, String message) {
            BreakerConfig.Builder config = change.apply(BreakerConfig.builder());
            InvalidConfigException fault = catchThrowableOfType(InvalidConfigException.class, config::build);
            assertThat(fault).hasMessage(message);
            assertThat("Invalid " + fault.property() + " (" + fault.value() + "): " + fault.rule() + ".")
                    .isEqualTo(message);
        }

        @Test
        void namesTheCircuitWhereItIsKnown() {
            InvalidConfigException fault = catchThrowableOfType(
                    InvalidConfigException.class, BreakerConfig.builder().failureRateThreshold(150)::build);
            assertThat(fault.of("offers"))
                    .hasMessage("Invalid failureRateThreshold (150.0) for circuit breaker 'offers':"
                            + " must be above 0 and at most 100.")
                    .hasStackTraceContaining("BreakerConfigTest");
        }

        static Stream<UnaryOperator<BreakerConfig.Builder>> valid() {
            return Stream.of(
                    with(config -> config.slidingWindowSize(1)),
                    with(config -> config.slidingWindowSize(86_400)),
                    with(config -> config.slidingWindowType(COUNT_BASED).slidingWindowSize(10_000)),
                    with(config -> config.slidingWindowType(COUNT_BASED).minimumNumberOfCalls(10)),
                    with(config -> config.slidingWindowSize(1).minimumNumberOfCalls(Integer.MAX_VALUE)),
                    with(config -> config.minimumNumberOfCalls(1)),
                    with(config -> config.failureRateThreshold(100).slowCallRateThreshold(100)),
                    with(config -> config.failureRateThreshold(Double.MIN_VALUE)),
                    with(config -> config.slowCallRateThreshold(Double.MIN_VALUE)),
                    with(config -> config.slowCallDurationThreshold(TINY)),
                    with(config -> config.slowCallDurationThreshold(YEAR)),
                    with(config -> config.slowCallDurationThreshold(null)),
                    with(config -> config.failureCountThreshold(Integer.MAX_VALUE)),
                    with(config -> config.consecutiveFailureThreshold(Integer.MAX_VALUE)),
                    with(config -> config.waitDurationInOpenState(MILLI)),
                    with(config -> config.waitDurationInOpenState(YEAR)),
                    with(config -> config.exponentialBackoffMultiplier(1000)),
                    with(config -> config.exponentialBackoffMultiplier(2)
                            .exponentialMaxWaitDurationInOpenState(Duration.ofSeconds(30))),
                    with(config -> config.exponentialMaxWaitDurationInOpenState(YEAR)),
                    with(config -> config.exponentialMaxWaitDurationInOpenState(MILLI)),
                    with(config -> config.randomizedWaitFactor(Math.nextDown(1.0))),
                    with(config -> config.permittedNumberOfCallsInHalfOpenState(1)),
                    with(config -> config.permittedNumberOfCallsInHalfOpenState(10_000)),
                    with(config -> config.maxWaitDurationInHalfOpenState(YEAR)),
                    with(config -> config.probeLease(Duration.ofMillis(10))),
                    with(config -> config.probeLease(YEAR)),
                    with(config -> config.halfOpenAcquireTimeout(Duration.ZERO)),
                    with(config -> config.halfOpenAcquireTimeout(Duration.ofMinutes(1))),
                    with(config -> config.maxRetryAfter(MILLI)),
                    with(config -> config.maxRetryAfter(YEAR)));
        }

        @ParameterizedTest
        @MethodSource("valid")
        void allowsTheEdges(UnaryOperator<BreakerConfig.Builder> change) {
            assertThat(change.apply(BreakerConfig.builder()).build()).isNotNull();
        }
    }

    @Nested
    class ToBuilder {

        private final BreakerConfig unusual = BreakerConfig.builder()
                .slidingWindowType(COUNT_BASED)
                .slidingWindowSize(200)
                .minimumNumberOfCalls(20)
                .failureRateThreshold(51)
                .slowCallRateThreshold(52)
                .slowCallDurationThreshold(Duration.ofSeconds(2))
                .failureCountThreshold(21)
                .consecutiveFailureThreshold(22)
                .waitDurationInOpenState(Duration.ofSeconds(31))
                .exponentialBackoffMultiplier(1.5)
                .exponentialMaxWaitDurationInOpenState(Duration.ofMinutes(11))
                .randomizedWaitFactor(0.25)
                .automaticTransition(true)
                .permittedNumberOfCallsInHalfOpenState(6)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(60))
                .probeLease(Duration.ofSeconds(11))
                .halfOpenAcquireTimeout(Duration.ofMillis(51))
                .maxRetryAfter(Duration.ofMinutes(12))
                .maxKeys(13)
                .keyIdleExpiry(Duration.ofMinutes(14))
                .healthProbe(() -> {})
                .healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN)
                .initialState(BreakerState.METRICS_ONLY)
                .sharing(false)
                .writableStackTrace(true)
                .classifier((result, thrown) -> Outcome.IGNORED)
                .build();

        @Test
        void keepsEverySetting() throws ReflectiveOperationException {
            BreakerConfig copy = unusual.toBuilder().build();
            for (RecordComponent setting : BreakerConfig.class.getRecordComponents()) {
                Object value = setting.getAccessor().invoke(unusual);
                assertThat(setting.getAccessor().invoke(copy))
                        .as(setting.getName())
                        .isEqualTo(value);
                assertThat(setting.getAccessor().invoke(BreakerConfig.defaults()))
                        .as("this test tells nothing about %s unless it differs", setting.getName())
                        .isNotEqualTo(value);
            }
        }

        @Test
        void hasAMethodForEverySetting() throws ReflectiveOperationException {
            for (RecordComponent setting : BreakerConfig.class.getRecordComponents()) {
                BreakerConfig.Builder builder = BreakerConfig.builder();
                // A wide window, so that each of the unusual values is valid on its own.
                builder.slidingWindowSize(1000);
                Object value = setting.getAccessor().invoke(unusual);
                BreakerConfig.Builder.class
                        .getMethod(setting.getName(), setting.getType())
                        .invoke(builder, value);
                assertThat(setting.getAccessor().invoke(builder.build()))
                        .as(setting.getName())
                        .isEqualTo(value);
            }
        }
    }
}
