package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.HealthProbeResult;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerState;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a circuit as they are written in the environment. What is not set is inherited: a circuit from its template, a
 * template from {@code breaker.defaults}, and those from {@link BreakerConfig}, where meaning and default of each are stated.
 *
 * @param baseConfig template under {@code breaker.configs} to inherit from
 * @param slidingWindowType whether the window slides by time or by count
 * @param slidingWindowSize seconds (TIME_BASED) or calls (COUNT_BASED) in the window
 * @param minimumNumberOfCalls calls in the window below which no rate is judged
 * @param failureRateThreshold failures in percent of the calls at which the circuit opens
 * @param slowCallRateThreshold slow calls in percent at which the circuit opens
 * @param slowCallDurationThreshold a call that takes longer is slow; unset, no call is timed
 * @param failureCountThreshold failures in the window at which the circuit opens; 0 is off
 * @param consecutiveFailureThreshold failures in a row at which the circuit opens; 0 is off
 * @param waitDurationInOpenState wait before the first probes
 * @param exponentialBackoffMultiplier factor on the wait for each further opening
 * @param exponentialMaxWaitDurationInOpenState cap of the growing wait; unset, 365 days for a wait that is longer than 10m
 * @param randomizedWaitFactor fraction by which the wait is spread
 * @param automaticTransition whether an open circuit becomes half-open without a call
 * @param permittedNumberOfCallsInHalfOpenState probes of a half-open stay in the whole cluster
 * @param maxWaitDurationInHalfOpenState an undecided half-open stay opens again after this; 0 is never
 * @param probeLease a probe that has not reported after this gives its permit back
 * @param halfOpenAcquireTimeout how long a caller may wait for a probe's permit
 * @param maxRetryAfter cap of the time for which a partner's Retry-After opens the circuit
 * @param maxKeys where there is a circuit for each key, how many there may be at a time
 * @param keyIdleExpiry the circuit of a key that nobody has used for so long is removed
 * @param healthProbe bean, or method as {@code bean::method}, that asks in the background whether the partner is back, so that no
 *     call is spent on it; empty for none
 * @param healthProbeResult what a successful health probe does with the circuit
 * @param initialState state of a circuit of which the cluster knows nothing yet
 * @param sharing whether the circuit is shared when there is a store
 * @param writableStackTrace whether the exception of a rejected call has a stack trace
 * @param recordExceptions exceptions that are failures, with their subclasses; all others are then successes unless ignored. A
 *     list takes the place of the inherited one, an empty list included, and of an inherited predicate.
 * @param ignoreExceptions exceptions that are neither failures nor successes, likewise; they are ignored even if recorded
 * @param recordFailurePredicate class, or name of a bean, of type Predicate of Throwable that accepts failures besides recordExceptions
 * @param ignoreExceptionPredicate class, or name of a bean, of type Predicate of Throwable that accepts what is ignored besides ignoreExceptions
 * @param recordResultPredicate class, or name of a bean, of type Predicate of Object that accepts results that are failures
 * @param ignoreHttpClientErrors whether an HTTP answer 4xx except 408, 425 and 429 is ignored unless it is recorded
 * @param retryAfterEnabled whether the Retry-After of an HTTP answer 429 or 503 opens the circuit
 * @param showInHealth whether health shows the circuit
 * @param affectsHealth whether health is DOWN while the circuit is open
 * @param ignoreClassBindingExceptions whether recordExceptions and ignoreExceptions may name classes that are missing
 * @param automaticTransitionFromOpenToHalfOpenEnabled Resilience4j's name of automaticTransition
 * @param writableStackTraceEnabled Resilience4j's name of writableStackTrace
 * @param registerHealthIndicator Resilience4j's name of showInHealth
 * @param allowHealthIndicatorToFail Resilience4j's name of affectsHealth
 * @param enableExponentialBackoff false is a fixed wait; true is a multiplier of 1.5 unless one is set
 * @param enableRandomizedWait false is a wait without spread; true is a factor of 0.5 unless one is set
 * @param eventConsumerBufferSize without effect; breaker.events.buffer-size is for all circuits
 * @param slidingWindowSynchronizationStrategy without effect
 * @param transitionToStateAfterWaitDuration may only be OPEN
 */
public record CircuitProperties(
        @Nullable String baseConfig,
        @Nullable SlidingWindowType slidingWindowType,
        @Nullable Integer slidingWindowSize,
        @Nullable Integer minimumNumberOfCalls,
        @Nullable Double failureRateThreshold,
        @Nullable Double slowCallRateThreshold,
        @Nullable Duration slowCallDurationThreshold,
        @Nullable Integer failureCountThreshold,
        @Nullable Integer consecutiveFailureThreshold,
        @Nullable Duration waitDurationInOpenState,
        @Nullable Double exponentialBackoffMultiplier,
        @Nullable Duration exponentialMaxWaitDurationInOpenState,
        @Nullable Double randomizedWaitFactor,
        @Nullable Boolean automaticTransition,
        @Nullable Integer permittedNumberOfCallsInHalfOpenState,
        @Nullable Duration maxWaitDurationInHalfOpenState,
        @Nullable Duration probeLease,
        @Nullable Duration halfOpenAcquireTimeout,
        @Nullable Duration maxRetryAfter,
        @Nullable Integer maxKeys,
        @Nullable Duration keyIdleExpiry,
        @Nullable String healthProbe,
        @Nullable HealthProbeResult healthProbeResult,
        @Nullable BreakerState initialState,
        @Nullable Boolean sharing,
        @Nullable Boolean writableStackTrace,
        @Nullable List<String> recordExceptions,
        @Nullable List<String> ignoreExceptions,
        @Nullable String recordFailurePredicate,
        @Nullable String ignoreExceptionPredicate,
        @Nullable String recordResultPredicate,
        @Nullable Boolean ignoreHttpClientErrors,
        @Nullable Boolean retryAfterEnabled,
        @Nullable Boolean showInHealth,
        @Nullable Boolean affectsHealth,
        @Nullable Boolean ignoreClassBindingExceptions,
        @Nullable Boolean automaticTransitionFromOpenToHalfOpenEnabled,
        @Nullable Boolean writableStackTraceEnabled,
        @Nullable Boolean registerHealthIndicator,
        @Nullable Boolean allowHealthIndicatorToFail,
        @Nullable Boolean enableExponentialBackoff,
        @Nullable Boolean enableRandomizedWait,
        @Nullable Integer eventConsumerBufferSize,
        @Nullable String slidingWindowSynchronizationStrategy,
        @Nullable BreakerState transitionToStateAfterWaitDuration) {

    /**
     * Takes settings that are written under Resilience4j's name.
     *
     * @throws IllegalArgumentException if a setting is written under both names with different values
     */
    public CircuitProperties {
        automaticTransition = either(
                "automatic-transition",
                automaticTransition,
                "automatic-transition-from-open-to-half-open-enabled",
                automaticTransitionFromOpenToHalfOpenEnabled);
        writableStackTrace = either(
                "writable-stack-trace", writableStackTrace, "writable-stack-trace-enabled", writableStackTraceEnabled);
        showInHealth = either("show-in-health", showInHealth, "register-health-indicator", registerHealthIndicator);
        affectsHealth =
                either("affects-health", affectsHealth, "allow-health-indicator-to-fail", allowHealthIndicatorToFail);
    }

    private static <T> @Nullable T either(String name, @Nullable T value, String otherName, @Nullable T otherValue) {
        if (value != null && otherValue != null && !value.equals(otherValue)) {
            throw new IllegalArgumentException(name + " (" + value + ") and " + otherName + " (" + otherValue
                    + ") are two names of one setting and must not differ; remove " + otherName + ".");
        }
        return value == null ? otherValue : value;
    }

    /** Writes what is set over what is inherited, except for the health probe, which is a bean. */
    void applyTo(BreakerConfig.Builder builder) {
        set(slidingWindowType, builder::slidingWindowType);
        set(slidingWindowSize, builder::slidingWindowSize);
        set(minimumNumberOfCalls, builder::minimumNumberOfCalls);
        set(failureRateThreshold, builder::failureRateThreshold);
        set(slowCallRateThreshold, builder::slowCallRateThreshold);
        set(slowCallDurationThreshold, builder::slowCallDurationThreshold);
        set(failureCountThreshold, builder::failureCountThreshold);
        set(consecutiveFailureThreshold, builder::consecutiveFailureThreshold);
        set(waitDurationInOpenState, builder::waitDurationInOpenState);
        set(exponentialBackoffMultiplier, builder::exponentialBackoffMultiplier);
        set(exponentialMaxWaitDurationInOpenState, builder::exponentialMaxWaitDurationInOpenState);
        set(randomizedWaitFactor, builder::randomizedWaitFactor);
        set(automaticTransition, builder::automaticTransition);
        set(permittedNumberOfCallsInHalfOpenState, builder::permittedNumberOfCallsInHalfOpenState);
        set(maxWaitDurationInHalfOpenState, builder::maxWaitDurationInHalfOpenState);
        set(probeLease, builder::probeLease);
        set(halfOpenAcquireTimeout, builder::halfOpenAcquireTimeout);
        set(maxRetryAfter, builder::maxRetryAfter);
        set(maxKeys, builder::maxKeys);
        set(keyIdleExpiry, builder::keyIdleExpiry);
        set(healthProbeResult, builder::healthProbeResult);
        set(initialState, builder::initialState);
        set(sharing, builder::sharing);
        set(writableStackTrace, builder::writableStackTrace);
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
