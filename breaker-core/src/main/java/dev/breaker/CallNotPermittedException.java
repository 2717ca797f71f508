package dev.breaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A circuit rejected a call without making it.
 *
 * <p>Has no stack trace unless {@link BreakerConfig#writableStackTrace()} asks for one: under load rejections are many, and
 * where they happened is known.
 */
public final class CallNotPermittedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String breaker;
    private final BreakerState state;
    private final @Nullable Duration retryAfter;
    private final @Nullable String lastFailure;

    CallNotPermittedException(
            String breaker,
            BreakerState state,
            @Nullable Duration retryAfter,
            @Nullable String lastFailure,
            boolean stackTrace) {
        super(null, null, false, stackTrace);
        this.breaker = breaker;
        this.state = state;
        this.retryAfter = retryAfter;
        this.lastFailure = lastFailure;
    }

    /* Most rejections are answered by a fallback that never asks: the text is written when it is wanted. */
    @Override
    public String getMessage() {
        StringBuilder text = new StringBuilder("Circuit breaker '")
                .append(breaker)
                .append("' is ")
                .append(state)
                .append(" and does not permit this call");
        if (retryAfter != null) {
            text.append("; next attempt in ").append(retryAfter.toMillis()).append(" ms");
        }
        if (lastFailure != null) {
            text.append("; last failure: ").append(lastFailure);
        }
        return text.toString();
    }

    /** Name of the circuit. */
    public String breaker() {
        return breaker;
    }

    /** State that rejected the call. */
    public BreakerState state() {
        return state;
    }

    /** How long the circuit stays as it is if nothing else happens; null if that is not known. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Class and message of the last failure recorded by this instance; null if it has recorded none. */
    public @Nullable String lastFailure() {
        return lastFailure;
    }
}
