package dev.breaker;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Judges finished calls of one circuit by its settings, counts them, remembers the last failure and tells listeners. */
final class Outcomes {

    private final String name;
    private final Listeners listeners;
    private final Ticker ticker;
    private final boolean alwaysTimed;
    private final CallCounts counts = new CallCounts();
    private volatile Rules rules;
    /* Few classifiers have any. */
    private @Nullable ClassifierFaults faults;
    private volatile @Nullable LastFailure lastFailure;

    /** A failure in words, and the moment it was recorded. */
    private record LastFailure(String text, long at) {}

    Outcomes(String name, Rules rules, Surroundings surroundings) {
        this.name = name;
        this.rules = rules;
        this.listeners = surroundings.listeners();
        this.ticker = surroundings.ticker();
        this.alwaysTimed = surroundings.timed();
    }

    CallCounts counts() {
        return counts;
    }

    /** What calls are judged by at this moment. */
    Rules rules() {
        return rules;
    }

    /** Judges by other rules from here on. */
    void judgeBy(Rules next) {
        rules = next;
    }

    /** Whether calls are timed at all. */
    boolean areTimed() {
        return alwaysTimed || rules.slowNanos() != Long.MAX_VALUE;
    }

    boolean isSlow(long nanos) {
        return nanos > rules.slowNanos();
    }

    Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
        Throwable meant = Calls.unwrap(thrown);
        try {
            Outcome outcome = rules.config().classifier().classify(meant == null ? result : null, meant);
            return Objects.requireNonNull(outcome, "the classifier returned null");
        } catch (Throwable fault) {
            faults().report("the standard rules judge instead", fault);
            return OutcomeClassifier.standard().classify(null, meant);
        }
    }

    private synchronized ClassifierFaults faults() {
        ClassifierFaults known = faults;
        if (known == null) {
            known = new ClassifierFaults(name, ticker);
            faults = known;
        }
        return known;
    }

    /** For how long the partner asks to be left alone, bounded; null if it does not. */
    @Nullable
    Duration retryAfter(@Nullable Throwable thrown) {
        Throwable meant = Calls.unwrap(thrown);
        if (meant == null) {
            return null;
        }
        BreakerConfig config = rules.config();
        try {
            Duration asked = config.classifier().retryAfter(meant);
            if (asked == null || asked.isNegative() || asked.isZero()) {
                return null;
            }
            return asked.compareTo(config.maxRetryAfter()) < 0 ? asked : config.maxRetryAfter();
        } catch (Throwable fault) {
            faults().report("no Retry-After is known", fault);
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

    /** The last failure if it was recorded at that moment or later. */
    @Nullable
    String lastFailureSince(long moment) {
        LastFailure last = lastFailure;
        return last == null || last.at - moment < 0 ? null : last.text;
    }

    /** How long ago the last failure was recorded, null if there was none. */
    @Nullable
    Duration lastFailureAge(long now) {
        LastFailure last = lastFailure;
        return last == null ? null : Duration.ofNanos(Math.max(0, now - last.at));
    }

    /** A success that its phase has counted. */
    void quicklySucceeded(long nanos) {
        if (areTimed()) {
            counts.successNanos.add(Math.max(0, nanos));
        }
        if (!listeners.successes.isEmpty()) {
            listeners.successes.tell(new BreakerEvent.Success(name, areTimed() ? nanos : 0));
        }
    }

    /** Any other success. */
    void succeeded(long nanos) {
        counts.otherSuccesses.increment();
        countSlow(nanos);
        quicklySucceeded(nanos);
    }

    void failed(@Nullable Throwable thrown, long nanos) {
        counts.failed(timed(nanos));
        countSlow(nanos);
        if (!listeners.failures.isEmpty()) {
            listeners.failures.tell(new BreakerEvent.Failure(name, Calls.unwrap(thrown), areTimed() ? nanos : 0));
        }
    }

    private void countSlow(long nanos) {
        if (isSlow(nanos)) {
            counts.slow();
        }
    }

    private long timed(long nanos) {
        return areTimed() ? Math.max(0, nanos) : 0;
    }

    void ignored(@Nullable Throwable thrown, long nanos) {
        counts.ignored();
        if (!listeners.ignored.isEmpty()) {
            listeners.ignored.tell(new BreakerEvent.Ignored(name, Calls.unwrap(thrown), timed(nanos)));
        }
    }

    void rejected(BreakerState state) {
        counts.rejected.increment();
        if (!listeners.rejections.isEmpty()) {
            listeners.rejections.tell(new BreakerEvent.Rejected(name, state));
        }
    }

    /** Counts an outcome that no listener is told of. */
    void count(Outcome outcome, long nanos) {
        switch (outcome) {
            case SUCCESS -> {
                counts.otherSuccesses.increment();
                counts.successNanos.add(timed(nanos));
            }
            case FAILURE -> counts.failed(timed(nanos));
            case IGNORED -> counts.ignored();
        }
        if (outcome != Outcome.IGNORED) {
            countSlow(nanos);
        }
    }
}
