package dev.breaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A classifier made of rules. The first that applies to an exception judges it:
 *
 * <ol>
 *   <li>ignored, if it is one of {@code ignoreExceptions} or {@code ignoreException} accepts it;
 *   <li>a failure, if it is one of {@code recordExceptions} or {@code recordException} accepts it;
 *   <li>ignored, if {@code ignoreUnlessRecorded} accepts it;
 *   <li>a success, if there is a rule that records exceptions: what such rules do not name says nothing against the partner.
 *       It is the same in Resilience4j. An {@link Error} and a {@link CancellationException} are left to the next rule;
 *   <li>as {@code otherwise} judges it.
 * </ol>
 *
 * <p>A returned value other than null is a failure if {@code recordResult} accepts it; any other is left to {@code otherwise}.
 * Classes stand for their subclasses too. Rules may be called by many threads at once; one that throws leaves the call to
 * {@link OutcomeClassifier#standard()}.
 *
 * @param recordExceptions failures; empty, the default, is not a rule
 * @param ignoreExceptions neither failures nor successes; default empty
 * @param recordException accepts failures; null, the default, is not a rule
 * @param ignoreException accepts what is neither failure nor success; null, the default, accepts none
 * @param ignoreUnlessRecorded accepts what is ignored unless a rule records it; null, the default, accepts none
 * @param recordResult accepts results that are failures, and is not asked about null; null, the default, accepts none
 * @param retryAfter how long the partner of a failure asks to be left alone; where it answers null, the default,
 *     {@code otherwise} is asked
 * @param otherwise judges what no rule names; default {@link OutcomeClassifier#standard()}
 */
public record OutcomeRules(
        List<Class<? extends Throwable>> recordExceptions,
        List<Class<? extends Throwable>> ignoreExceptions,
        @Nullable Predicate<? super Throwable> recordException,
        @Nullable Predicate<? super Throwable> ignoreException,
        @Nullable Predicate<? super Throwable> ignoreUnlessRecorded,
        @Nullable Predicate<Object> recordResult,
        @Nullable Function<? super Throwable, @Nullable Duration> retryAfter,
        OutcomeClassifier otherwise)
        implements OutcomeClassifier {

    /** Copies the lists. */
    public OutcomeRules {
        recordExceptions = List.copyOf(recordExceptions);
        ignoreExceptions = List.copyOf(ignoreExceptions);
    }

    /** Starts without any rule. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
        if (thrown != null) {
            return classify(thrown);
        }
        return accepts(recordResult, result) ? Outcome.FAILURE : otherwise.classify(result, null);
    }

    private Outcome classify(Throwable thrown) {
        if (isOneOf(ignoreExceptions, thrown) || accepts(ignoreException, thrown)) {
            return Outcome.IGNORED;
        }
        if (isOneOf(recordExceptions, thrown) || accepts(recordException, thrown)) {
            return Outcome.FAILURE;
        }
        if (accepts(ignoreUnlessRecorded, thrown)) {
            return Outcome.IGNORED;
        }
        boolean selective = !recordExceptions.isEmpty() || recordException != null;
        return selective && !(thrown instanceof Error) && !(thrown instanceof CancellationException)
                ? Outcome.SUCCESS
                : otherwise.classify(null, thrown);
    }

    @Override
    public @Nullable Duration retryAfter(Throwable failure) {
        Duration asked = retryAfter == null ? null : retryAfter.apply(failure);
        return asked == null ? otherwise.retryAfter(failure) : asked;
    }

    private static boolean isOneOf(List<Class<? extends Throwable>> classes, Throwable thrown) {
        for (Class<? extends Throwable> type : classes) {
            if (type.isInstance(thrown)) {
                return true;
            }
        }
        return false;
    }

    private static <T> boolean accepts(@Nullable Predicate<? super T> rule, @Nullable T value) {
        return rule != null && value != null && rule.test(value);
    }

    /** Collects rules; see {@link OutcomeRules} for their meaning and order. Not safe for use by many threads. */
    public static final class Builder {
        private final List<Class<? extends Throwable>> recordExceptions = new ArrayList<>();
        private final List<Class<? extends Throwable>> ignoreExceptions = new ArrayList<>();
        private @Nullable Predicate<? super Throwable> recordException;
        private @Nullable Predicate<? super Throwable> ignoreException;
        private @Nullable Predicate<? super Throwable> ignoreUnlessRecorded;
        private @Nullable Predicate<Object> recordResult;
        private @Nullable Function<? super Throwable, @Nullable Duration> retryAfter;
        private OutcomeClassifier otherwise = OutcomeClassifier.standard();

        private Builder() {}

        /** Adds to {@link OutcomeRules#recordExceptions()}. */
        @SafeVarargs
        public final Builder recordExceptions(Class<? extends Throwable>... types) {
            for (Class<? extends Throwable> type : types) {
                recordExceptions.add(type);
            }
            return this;
        }

        /** Adds to {@link OutcomeRules#recordExceptions()}. */
        public Builder recordExceptions(Collection<Class<? extends Throwable>> types) {
            recordExceptions.addAll(types);
            return this;
        }

        /** Adds to {@link OutcomeRules#ignoreExceptions()}. */
        @SafeVarargs
        public final Builder ignoreExceptions(Class<? extends Throwable>... types) {
            for (Class<? extends Throwable> type : types) {
                ignoreExceptions.add(type);
            }
            return this;
        }

        /** Adds to {@link OutcomeRules#ignoreExceptions()}. */
        public Builder ignoreExceptions(Collection<Class<? extends Throwable>> types) {
            ignoreExceptions.addAll(types);
            return this;
        }

        /** Sets {@link OutcomeRules#recordException()}. */
        public Builder recordException(@Nullable Predicate<? super Throwable> recordException) {
            this.recordException = recordException;
            return this;
        }

        /** Sets {@link OutcomeRules#ignoreException()}. */
        public Builder ignoreException(@Nullable Predicate<? super Throwable> ignoreException) {
            this.ignoreException = ignoreException;
            return this;
        }

        /** Sets {@link OutcomeRules#ignoreUnlessRecorded()}. */
        public Builder ignoreUnlessRecorded(@Nullable Predicate<? super Throwable> ignoreUnlessRecorded) {
            this.ignoreUnlessRecorded = ignoreUnlessRecorded;
            return this;
        }

        /** Sets {@link OutcomeRules#recordResult()}. */
        public Builder recordResult(@Nullable Predicate<Object> recordResult) {
            this.recordResult = recordResult;
            return this;
        }

        /** Sets {@link OutcomeRules#retryAfter()}. */
        public Builder retryAfter(@Nullable Function<? super Throwable, @Nullable Duration> retryAfter) {
            this.retryAfter = retryAfter;
            return this;
        }

        /** Sets {@link OutcomeRules#otherwise()}. */
        public Builder otherwise(OutcomeClassifier otherwise) {
            this.otherwise = otherwise;
            return this;
        }

        /** Builds the classifier, which is immutable and equal to any other of the same rules. */
        public OutcomeRules build() {
            return new OutcomeRules(
                    recordExceptions,
                    ignoreExceptions,
                    recordException,
                    ignoreException,
                    ignoreUnlessRecorded,
                    recordResult,
                    retryAfter,
                    otherwise);
        }
    }
}
