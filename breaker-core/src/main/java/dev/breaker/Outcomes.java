package dev.breaker;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges finished calls of one circuit by its settings, remembers the last failure and tells listeners. */
final class Outcomes {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final String name;
    private final BreakerConfig config;
    private final Listeners listeners;
    private final long slowNanos;
    private volatile @Nullable String lastFailure;

    Outcomes(String name, BreakerConfig config, Listeners listeners) {
        this.name = name;
        this.config = config;
        this.listeners = listeners;
        Duration slow = config.slowCallDurationThreshold();
        this.slowNanos = slow == null ? Long.MAX_VALUE : slow.toNanos();
    }

    /** Whether calls are timed at all. */
    boolean areTimed() {
        return slowNanos != Long.MAX_VALUE;
    }

    boolean isSlow(long nanos) {
        return nanos > slowNanos;
    }

    Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
        Throwable meant = Calls.unwrap(thrown);
        try {
            Outcome outcome = config.classifier().classify(meant == null ? result : null, meant);
            return Objects.requireNonNull(outcome, "the classifier returned null");
        } catch (Throwable fault) {
            log.warn("The classifier of circuit breaker '{}' failed; the standard rules judge instead", name, fault);
            return OutcomeClassifier.standard().classify(null, meant);
        }
    }

    /** For how long the partner asks to be left alone, bounded; null if it does not. */
    @Nullable
    Duration retryAfter(@Nullable Throwable thrown) {
        Throwable meant = Calls.unwrap(thrown);
        if (meant == null) {
            return null;
        }
        try {
            Duration asked = config.classifier().retryAfter(meant);
            if (asked == null || asked.isNegative() || asked.isZero()) {
                return null;
            }
            return asked.compareTo(config.maxRetryAfter()) < 0 ? asked : config.maxRetryAfter();
        } catch (Throwable fault) {
            log.warn("The classifier of circuit breaker '{}' failed to find a Retry-After", name, fault);
            return null;
        }
    }

    /** Notes a failure; null means a result that was classified as one. */
    void remember(@Nullable Throwable thrown) {
        Throwable meant = Calls.unwrap(thrown);
        lastFailure = meant == null ? "result classified as failure" : Calls.describe(meant);
    }

    @Nullable
    String lastFailure() {
        return lastFailure;
    }

    void tellSuccess(long nanos) {
        if (!listeners.isEmpty()) {
            BreakerEvent.Success event = new BreakerEvent.Success(name, areTimed() ? nanos : 0);
            listeners.tell(listener -> listener.onSuccess(event));
        }
    }

    void tellFailure(@Nullable Throwable thrown, long nanos) {
        if (!listeners.isEmpty()) {
            BreakerEvent.Failure event = new BreakerEvent.Failure(name, Calls.unwrap(thrown), areTimed() ? nanos : 0);
            listeners.tell(listener -> listener.onFailure(event));
        }
    }

    void tellIgnored(@Nullable Throwable thrown) {
        if (!listeners.isEmpty()) {
            BreakerEvent.Ignored event = new BreakerEvent.Ignored(name, Calls.unwrap(thrown));
            listeners.tell(listener -> listener.onIgnored(event));
        }
    }

    void tellRejected(BreakerState state) {
        if (!listeners.isEmpty()) {
            BreakerEvent.Rejected event = new BreakerEvent.Rejected(name, state);
            listeners.tell(listener -> listener.onRejected(event));
        }
    }
}
