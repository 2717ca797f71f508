package dev.breaker;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the result or the exception of a call says about the partner.
 *
 * <p>Must be safe for use by many threads and should be quick: it runs once per call, in the caller's thread. If it throws
 * or answers null, the caller still gets the result or exception of the call; the fault is logged, once a minute at most for
 * each circuit, and the call is judged as {@link #standard()} judges it.
 *
 * @see OutcomeRules
 */
@FunctionalInterface
public interface OutcomeClassifier {

    /**
     * Classifies a finished call.
     *
     * @param result what the call returned, null if it returned null or threw
     * @param thrown what the call threw, without the {@link CompletionException} or {@link ExecutionException} around it;
     *     null if it returned
     */
    Outcome classify(@Nullable Object result, @Nullable Throwable thrown);

    /**
     * How long the partner asks to be left alone, such as the {@code Retry-After} of an HTTP 429 or 503 (RFC 9110, section
     * 10.2.3). A positive answer opens the circuit at once for that long, bounded by {@link BreakerConfig#maxRetryAfter()}.
     * Asked only about recorded failures.
     *
     * @return null if the failure does not say
     */
    default @Nullable Duration retryAfter(Throwable failure) {
        return null;
    }

    /** A returned call is a success, a cancelled one is ignored, any other {@link Throwable} is a failure. */
    static OutcomeClassifier standard() {
        return (result, thrown) -> thrown == null
                ? Outcome.SUCCESS
                : thrown instanceof CancellationException ? Outcome.IGNORED : Outcome.FAILURE;
    }
}
