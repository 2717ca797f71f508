package dev.breaker;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Judges finished calls of one circuit by its settings, counts them, remembers the last failure and tells listeners. */
final class Outcomes {

    private final String name;
    private final BreakerConfig config;
    private final Listeners listeners;
    private final ClassifierFaults faults;
    private final long slowNanos;
    private final boolean timed;
    private final CallCounts counts = new CallCounts();
    private volatile @Nullable LastFailure lastFailure;

    /** A failure in words, and when it was recorded. */
    record LastFailure(String text, long at) {}

    Outcomes(String name, BreakerConfig config, Circuit.Surroundings surroundings) {
        this.name = name;
        this.config = config;
        this.listeners = surroundings.listeners();
        this.faults = new ClassifierFaults(name, surroundings.ticker());
        Duration slow = config.slowCallDurationThreshold();
        this.slowNanos = slow == null ? Long.MAX_VALUE : slow.toNanos();
        this.timed = surroundings.timed() || slow != null;
    }

    /** Whether calls are timed at all. */
    boolean areTimed() {
        return timed;
    }

    CallCounts counts() {
        return counts;
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
            faults.report("the standard rules judge instead", fault);
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
            faults.report("no Retry-After is known", fault);
            return null;
        }
    }

    /** Notes a failure; null means a result that was classified as one. */
    void remember(@Nullable Throwable thrown, long now) {
        Throwable meant = Calls.unwrap(thrown);
        lastFailure = new LastFailure(meant == null ? "result classified as failure" : Calls.describe(meant), now);
    }

    @Nullable
    String lastFailure() {
        LastFailure last = lastFailure;
        return last == null ? null : last.text;
    }

    /** How long ago the last failure was recorded, null if there was none. */
    @Nullable
    Duration lastFailureAge(long now) {
        LastFailure last = lastFailure;
        return last == null ? null : Duration.ofNanos(Math.max(0, now - last.at));
    }

    /** A success that its phase has counted itself. */
    void quicklySucceeded(long nanos) {
        if (timed) {
            counts.successNanos.add(nanos);
        }
        if (listeners.wantSuccesses()) {
            BreakerEvent.Success event = new BreakerEvent.Success(name, timed ? nanos : 0);
            listeners.tell(listener -> listener.onSuccess(event));
        }
    }

    void succeeded(long nanos) {
        counts.otherSuccesses.increment();
        countSlow(nanos);
        quicklySucceeded(nanos);
    }

    private void countSlow(long nanos) {
        if (isSlow(nanos)) {
            counts.slow.increment();
        }
    }

    void failed(@Nullable Throwable thrown, long nanos) {
        counts.failures.increment();
        countSlow(nanos);
        if (timed) {
            counts.failureNanos.add(nanos);
        }
        if (listeners.wantFailures()) {
            BreakerEvent.Failure event = new BreakerEvent.Failure(name, Calls.unwrap(thrown), timed ? nanos : 0);
            listeners.tell(listener -> listener.onFailure(event));
        }
    }

    void ignored(@Nullable Throwable thrown) {
        counts.ignored.increment();
        if (listeners.wantIgnored()) {
            BreakerEvent.Ignored event = new BreakerEvent.Ignored(name, Calls.unwrap(thrown));
            listeners.tell(listener -> listener.onIgnored(event));
        }
    }

    void rejected(BreakerState state) {
        counts.rejected.increment();
        if (listeners.wantRejections()) {
            BreakerEvent.Rejected event = new BreakerEvent.Rejected(name, state);
            listeners.tell(listener -> listener.onRejected(event));
        }
    }
}
