package dev.breaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a circuit, immutable and validated as a whole.
 *
 * <p>A circuit opens after a recorded failure or slow call if any of the thresholds is reached over the sliding window.
 *
 * @param slidingWindowType by time or by count; default {@code TIME_BASED}
 * @param slidingWindowSize seconds (TIME_BASED, 1 to 86,400, counted in ten slots) or calls (COUNT_BASED, 1 to 10,000);
 *     default 10. A shared window by count holds the last calls of the cluster in order of arrival at the store.
 * @param minimumNumberOfCalls calls in the window below which no rate is judged; default 10
 * @param failureRateThreshold failures among the calls, in percent above 0 and up to 100, at which the circuit opens; default
 *     50
 * @param slowCallRateThreshold slow calls in percent, likewise; default 100
 * @param slowCallDurationThreshold a call that takes longer is slow; null, the default, measures no call
 * @param failureCountThreshold failures in the window at which the circuit opens; 0, the default, is off
 * @param consecutiveFailureThreshold failures in a row at which the circuit opens; 0, the default, is off
 * @param waitDurationInOpenState wait before the first probes; default 30 s
 * @param exponentialBackoffMultiplier factor on the wait for each further opening without closing in between, at least 1;
 *     default 1, a fixed wait
 * @param exponentialMaxWaitDurationInOpenState cap of the growing wait; default 10 min
 * @param randomizedWaitFactor the wait is spread evenly over plus or minus this fraction of it, but not above the cap of a
 *     growing wait; 0 to below 1; default 0
 * @param automaticTransition whether an OPEN circuit becomes HALF_OPEN by itself rather than with the next call; default
 *     false
 * @param permittedNumberOfCallsInHalfOpenState probes that a half-open stay makes in the whole cluster; default 5
 * @param maxWaitDurationInHalfOpenState a half-open stay that is not decided after this opens again; zero, the default, waits
 *     for ever
 * @param probeLease a probe that has not reported after this gives its permit back; default 10 s
 * @param halfOpenAcquireTimeout how long a caller may wait for the store's permit when HALF_OPEN; default 50 ms
 * @param maxRetryAfter cap of the time for which a partner's {@code Retry-After} opens the circuit; default 10 min
 * @param maxKeys where there is a circuit for each key, how many there may be at a time, 1 to 100,000; default 1,000
 * @param keyIdleExpiry the circuit of a key that nobody has used for so long is removed, at least 1 s; default 10 min
 * @param healthProbe finds out in the background whether the partner is back; no call is then admitted to an OPEN circuit, and
 *     {@code automaticTransition} has no effect. A check may take as long as {@code probeLease} and needs time-outs of its own:
 *     calls probe while checks do not end. Circuits of {@linkplain KeyedBreakers keys} have none. Null, the default, probes with
 *     calls.
 * @param healthProbeResult what a successful health probe does with the circuit; default {@code CLOSE}
 * @param initialState state of a circuit of which the cluster knows nothing yet. OPEN and HALF_OPEN become the cluster's;
 *     FORCED_OPEN, DISABLED and METRICS_ONLY hold on each instance until an operator decides otherwise. Default {@code CLOSED}.
 * @param sharing whether the circuit is shared when there is a store; default true
 * @param writableStackTrace whether {@link CallNotPermittedException} has a stack trace; default false
 * @param classifier what is a failure; default {@link OutcomeClassifier#standard()}
 */
public record BreakerConfig(
        SlidingWindowType slidingWindowType,
        int slidingWindowSize,
        int minimumNumberOfCalls,
        double failureRateThreshold,
        double slowCallRateThreshold,
        @Nullable Duration slowCallDurationThreshold,
        int failureCountThreshold,
        int consecutiveFailureThreshold,
        Duration waitDurationInOpenState,
        double exponentialBackoffMultiplier,
        Duration exponentialMaxWaitDurationInOpenState,
        double randomizedWaitFactor,
        boolean automaticTransition,
        int permittedNumberOfCallsInHalfOpenState,
        Duration maxWaitDurationInHalfOpenState,
        Duration probeLease,
        Duration halfOpenAcquireTimeout,
        Duration maxRetryAfter,
        int maxKeys,
        Duration keyIdleExpiry,
        @Nullable HealthProbe healthProbe,
        HealthProbeResult healthProbeResult,
        BreakerState initialState,
        boolean sharing,
        boolean writableStackTrace,
        OutcomeClassifier classifier) {

    /** What the sliding window is made of. */
    public enum SlidingWindowType {
        /** The calls of the last seconds. */
        TIME_BASED,
        /** The last calls. */
        COUNT_BASED
    }

    /** What a successful health probe does. */
    public enum HealthProbeResult {
        /** Closes the circuit. */
        CLOSE,
        /** Makes the circuit HALF_OPEN, so that a few calls decide. */
        HALF_OPEN
    }

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final BreakerConfig DEFAULTS = new Builder().build();

    /**
     * Checks every setting.
     *
     * @throws InvalidConfigException naming the setting, its value and the rule
     */
    public BreakerConfig {
        required("slidingWindowType", slidingWindowType);
        required("classifier", classifier);
        int largest = slidingWindowType == SlidingWindowType.TIME_BASED ? 86_400 : 10_000;
        between("slidingWindowSize", slidingWindowSize, 1, largest);
        between("minimumNumberOfCalls", minimumNumberOfCalls, 1, Integer.MAX_VALUE);
        if (slidingWindowType == SlidingWindowType.COUNT_BASED && minimumNumberOfCalls > slidingWindowSize) {
            throw new InvalidConfigException(
                    "minimumNumberOfCalls",
                    minimumNumberOfCalls,
                    "must not be above slidingWindowSize (" + slidingWindowSize + ") of a COUNT_BASED window");
        }
        percentage("failureRateThreshold", failureRateThreshold);
        percentage("slowCallRateThreshold", slowCallRateThreshold);
        if (slowCallDurationThreshold != null) {
            between("slowCallDurationThreshold", slowCallDurationThreshold, Duration.ofNanos(1), LONGEST);
        }
        between("failureCountThreshold", failureCountThreshold, 0, Integer.MAX_VALUE);
        if (slidingWindowType == SlidingWindowType.COUNT_BASED && failureCountThreshold > slidingWindowSize) {
            throw new InvalidConfigException(
                    "failureCountThreshold",
                    failureCountThreshold,
                    "must not be above slidingWindowSize (" + slidingWindowSize + ") of a COUNT_BASED window");
        }
        between("consecutiveFailureThreshold", consecutiveFailureThreshold, 0, Integer.MAX_VALUE);
        between("waitDurationInOpenState", waitDurationInOpenState, SHORTEST, LONGEST);
        if (!(exponentialBackoffMultiplier >= 1 && exponentialBackoffMultiplier <= 1000)) {
            throw new InvalidConfigException(
                    "exponentialBackoffMultiplier", exponentialBackoffMultiplier, "must be between 1 and 1000");
        }
        between("exponentialMaxWaitDurationInOpenState", exponentialMaxWaitDurationInOpenState, SHORTEST, LONGEST);
        if (exponentialBackoffMultiplier > 1
                && exponentialMaxWaitDurationInOpenState.compareTo(waitDurationInOpenState) < 0) {
            throw new InvalidConfigException(
                    "exponentialMaxWaitDurationInOpenState",
                    exponentialMaxWaitDurationInOpenState,
                    "must not be below waitDurationInOpenState (" + waitDurationInOpenState + ")");
        }
        if (!(randomizedWaitFactor >= 0 && randomizedWaitFactor < 1)) {
            throw new InvalidConfigException(
                    "randomizedWaitFactor", randomizedWaitFactor, "must be at least 0 and below 1");
        }
        between("permittedNumberOfCallsInHalfOpenState", permittedNumberOfCallsInHalfOpenState, 1, 10_000);
        between("maxWaitDurationInHalfOpenState", maxWaitDurationInHalfOpenState, Duration.ZERO, LONGEST);
        between("probeLease", probeLease, Duration.ofMillis(10), LONGEST);
        between("halfOpenAcquireTimeout", halfOpenAcquireTimeout, Duration.ZERO, Duration.ofMinutes(1));
        between("maxRetryAfter", maxRetryAfter, SHORTEST, LONGEST);
        between("maxKeys", maxKeys, 1, 100_000);
        between("keyIdleExpiry", keyIdleExpiry, Duration.ofSeconds(1), LONGEST);
        required("healthProbeResult", healthProbeResult);
        required("initialState", initialState);
    }

    /** The defaults. */
    public static BreakerConfig defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from this configuration. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void required(String property, @Nullable Object value) {
        if (value == null) {
            throw new InvalidConfigException(property, "null", "must not be null");
        }
    }

    private static void percentage(String property, double value) {
        if (!(value > 0 && value <= 100)) {
            throw new InvalidConfigException(property, value, "must be above 0 and at most 100");
        }
    }

    private static <T extends Comparable<T>> void between(String property, T value, T least, T most) {
        required(property, value);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            String rule = most.equals(Integer.MAX_VALUE)
                    ? "must be at least " + least
                    : "must be between " + least + " and " + most;
            throw new InvalidConfigException(property, value, rule);
        }
    }

    /** Collects settings; see {@link BreakerConfig} for meaning, units and defaults. Not safe for use by many threads. */
    public static final class Builder {
        private SlidingWindowType slidingWindowType = SlidingWindowType.TIME_BASED;
        private int slidingWindowSize = 10;
        private int minimumNumberOfCalls = 10;
        private double failureRateThreshold = 50;
        private double slowCallRateThreshold = 100;
        private @Nullable Duration slowCallDurationThreshold;
        private int failureCountThreshold;
        private int consecutiveFailureThreshold;
        private Duration waitDurationInOpenState = Duration.ofSeconds(30);
        private double exponentialBackoffMultiplier = 1;
        private Duration exponentialMaxWaitDurationInOpenState = Duration.ofMinutes(10);
        private double randomizedWaitFactor;
        private boolean automaticTransition;
        private int permittedNumberOfCallsInHalfOpenState = 5;
        private Duration maxWaitDurationInHalfOpenState = Duration.ZERO;
        private Duration probeLease = Duration.ofSeconds(10);
        private Duration halfOpenAcquireTimeout = Duration.ofMillis(50);
        private Duration maxRetryAfter = Duration.ofMinutes(10);
        private int maxKeys = 1_000;
        private Duration keyIdleExpiry = Duration.ofMinutes(10);
        private @Nullable HealthProbe healthProbe;
        private HealthProbeResult healthProbeResult = HealthProbeResult.CLOSE;
        private BreakerState initialState = BreakerState.CLOSED;
        private boolean sharing = true;
        private boolean writableStackTrace;
        private OutcomeClassifier classifier = OutcomeClassifier.standard();

        private Builder() {}

        private Builder(BreakerConfig config) {
            slidingWindowType = config.slidingWindowType;
            slidingWindowSize = config.slidingWindowSize;
            minimumNumberOfCalls = config.minimumNumberOfCalls;
            failureRateThreshold = config.failureRateThreshold;
            slowCallRateThreshold = config.slowCallRateThreshold;
            slowCallDurationThreshold = config.slowCallDurationThreshold;
            failureCountThreshold = config.failureCountThreshold;
            consecutiveFailureThreshold = config.consecutiveFailureThreshold;
            waitDurationInOpenState = config.waitDurationInOpenState;
            exponentialBackoffMultiplier = config.exponentialBackoffMultiplier;
            exponentialMaxWaitDurationInOpenState = config.exponentialMaxWaitDurationInOpenState;
            randomizedWaitFactor = config.randomizedWaitFactor;
            automaticTransition = config.automaticTransition;
            permittedNumberOfCallsInHalfOpenState = config.permittedNumberOfCallsInHalfOpenState;
            maxWaitDurationInHalfOpenState = config.maxWaitDurationInHalfOpenState;
            probeLease = config.probeLease;
            halfOpenAcquireTimeout = config.halfOpenAcquireTimeout;
            maxRetryAfter = config.maxRetryAfter;
            maxKeys = config.maxKeys;
            keyIdleExpiry = config.keyIdleExpiry;
            healthProbe = config.healthProbe;
            healthProbeResult = config.healthProbeResult;
            initialState = config.initialState;
            sharing = config.sharing;
            writableStackTrace = config.writableStackTrace;
            classifier = config.classifier;
        }

        /** Sets {@link BreakerConfig#slidingWindowType()}. */
        public Builder slidingWindowType(SlidingWindowType slidingWindowType) {
            this.slidingWindowType = slidingWindowType;
            return this;
        }

        /** Sets {@link BreakerConfig#slidingWindowSize()}. */
        public Builder slidingWindowSize(int slidingWindowSize) {
            this.slidingWindowSize = slidingWindowSize;
            return this;
        }

        /** Sets {@link BreakerConfig#minimumNumberOfCalls()}. */
        public Builder minimumNumberOfCalls(int minimumNumberOfCalls) {
            this.minimumNumberOfCalls = minimumNumberOfCalls;
            return this;
        }

        /** Sets {@link BreakerConfig#failureRateThreshold()}. */
        public Builder failureRateThreshold(double failureRateThreshold) {
            this.failureRateThreshold = failureRateThreshold;
            return this;
        }

        /** Sets {@link BreakerConfig#slowCallRateThreshold()}. */
        public Builder slowCallRateThreshold(double slowCallRateThreshold) {
            this.slowCallRateThreshold = slowCallRateThreshold;
            return this;
        }

        /** Sets {@link BreakerConfig#slowCallDurationThreshold()}. */
        public Builder slowCallDurationThreshold(@Nullable Duration slowCallDurationThreshold) {
            this.slowCallDurationThreshold = slowCallDurationThreshold;
            return this;
        }

        /** Sets {@link BreakerConfig#failureCountThreshold()}. */
        public Builder failureCountThreshold(int failureCountThreshold) {
            this.failureCountThreshold = failureCountThreshold;
            return this;
        }

        /** Sets {@link BreakerConfig#consecutiveFailureThreshold()}. */
        public Builder consecutiveFailureThreshold(int consecutiveFailureThreshold) {
            this.consecutiveFailureThreshold = consecutiveFailureThreshold;
            return this;
        }

        /** Sets {@link BreakerConfig#waitDurationInOpenState()}. */
        public Builder waitDurationInOpenState(Duration waitDurationInOpenState) {
            this.waitDurationInOpenState = waitDurationInOpenState;
            return this;
        }

        /** Sets {@link BreakerConfig#exponentialBackoffMultiplier()}. */
        public Builder exponentialBackoffMultiplier(double exponentialBackoffMultiplier) {
            this.exponentialBackoffMultiplier = exponentialBackoffMultiplier;
            return this;
        }

        /** Sets {@link BreakerConfig#exponentialMaxWaitDurationInOpenState()}. */
        public Builder exponentialMaxWaitDurationInOpenState(Duration exponentialMaxWaitDurationInOpenState) {
            this.exponentialMaxWaitDurationInOpenState = exponentialMaxWaitDurationInOpenState;
            return this;
        }

        /** Sets {@link BreakerConfig#randomizedWaitFactor()}. */
        public Builder randomizedWaitFactor(double randomizedWaitFactor) {
            this.randomizedWaitFactor = randomizedWaitFactor;
            return this;
        }

        /** Sets {@link BreakerConfig#automaticTransition()}. */
        public Builder automaticTransition(boolean automaticTransition) {
            this.automaticTransition = automaticTransition;
            return this;
        }

        /** Sets {@link BreakerConfig#permittedNumberOfCallsInHalfOpenState()}. */
        public Builder permittedNumberOfCallsInHalfOpenState(int permittedNumberOfCallsInHalfOpenState) {
            this.permittedNumberOfCallsInHalfOpenState = permittedNumberOfCallsInHalfOpenState;
            return this;
        }

        /** Sets {@link BreakerConfig#maxWaitDurationInHalfOpenState()}. */
        public Builder maxWaitDurationInHalfOpenState(Duration maxWaitDurationInHalfOpenState) {
            this.maxWaitDurationInHalfOpenState = maxWaitDurationInHalfOpenState;
            return this;
        }

        /** Sets {@link BreakerConfig#probeLease()}. */
        public Builder probeLease(Duration probeLease) {
            this.probeLease = probeLease;
            return this;
        }

        /** Sets {@link BreakerConfig#halfOpenAcquireTimeout()}. */
        public Builder halfOpenAcquireTimeout(Duration halfOpenAcquireTimeout) {
            this.halfOpenAcquireTimeout = halfOpenAcquireTimeout;
            return this;
        }

        /** Sets {@link BreakerConfig#maxRetryAfter()}. */
        public Builder maxRetryAfter(Duration maxRetryAfter) {
            this.maxRetryAfter = maxRetryAfter;
            return this;
        }

        /** Sets {@link BreakerConfig#maxKeys()}. */
        public Builder maxKeys(int maxKeys) {
            this.maxKeys = maxKeys;
            return this;
        }

        /** Sets {@link BreakerConfig#keyIdleExpiry()}. */
        public Builder keyIdleExpiry(Duration keyIdleExpiry) {
            this.keyIdleExpiry = keyIdleExpiry;
            return this;
        }

        /** Sets {@link BreakerConfig#healthProbe()}. */
        public Builder healthProbe(@Nullable HealthProbe healthProbe) {
            this.healthProbe = healthProbe;
            return this;
        }

        /** Sets {@link BreakerConfig#healthProbeResult()}. */
        public Builder healthProbeResult(HealthProbeResult healthProbeResult) {
            this.healthProbeResult = healthProbeResult;
            return this;
        }

        /** Sets {@link BreakerConfig#initialState()}. */
        public Builder initialState(BreakerState initialState) {
            this.initialState = initialState;
            return this;
        }

        /** Sets {@link BreakerConfig#sharing()}. */
        public Builder sharing(boolean sharing) {
            this.sharing = sharing;
            return this;
        }

        /** Sets {@link BreakerConfig#writableStackTrace()}. */
        public Builder writableStackTrace(boolean writableStackTrace) {
            this.writableStackTrace = writableStackTrace;
            return this;
        }

        /** Sets {@link BreakerConfig#classifier()}. */
        public Builder classifier(OutcomeClassifier classifier) {
            this.classifier = classifier;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws InvalidConfigException if a setting breaks its rule
         */
        public BreakerConfig build() {
            return new BreakerConfig(
                    slidingWindowType,
                    slidingWindowSize,
                    minimumNumberOfCalls,
                    failureRateThreshold,
                    slowCallRateThreshold,
                    slowCallDurationThreshold,
                    failureCountThreshold,
                    consecutiveFailureThreshold,
                    waitDurationInOpenState,
                    exponentialBackoffMultiplier,
                    exponentialMaxWaitDurationInOpenState,
                    randomizedWaitFactor,
                    automaticTransition,
                    permittedNumberOfCallsInHalfOpenState,
                    maxWaitDurationInHalfOpenState,
                    probeLease,
                    halfOpenAcquireTimeout,
                    maxRetryAfter,
                    maxKeys,
                    keyIdleExpiry,
                    healthProbe,
                    healthProbeResult,
                    initialState,
                    sharing,
                    writableStackTrace,
                    classifier);
        }
    }
}
