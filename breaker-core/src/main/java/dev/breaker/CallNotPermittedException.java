package dev.breaker;

import java.io.IOException;
import java.io.ObjectOutputStream;
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
    /* Read when somebody asks: the clock is half the price of a rejection. */
    private final transient @Nullable Deadline deadline;
    private final @Nullable String lastFailure;
    private @Nullable Duration leftWhenWritten;

    CallNotPermittedException(
            String breaker,
            BreakerState state,
            @Nullable Deadline deadline,
            @Nullable String lastFailure,
            boolean stackTrace) {
        super(null, null, false, stackTrace);
        this.breaker = breaker;
        this.state = state;
        this.deadline = deadline;
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
        Duration left = retryAfter();
        if (left != null) {
            text.append("; next attempt in ").append(left.toMillis()).append(" ms");
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

    /**
     * How much longer, from the moment of this question, the circuit that rejected the call stays as it was if nothing else
     * happens: zero as soon as that is over, null if it is not known, as while a health probe is awaited. HALF_OPEN tells when
     * the next probe may be free. An exception that came serialized answers what was left
     * when it was written.
     */
    public @Nullable Duration retryAfter() {
        return deadline == null ? leftWhenWritten : deadline.left();
    }

    /** Class and message of the last failure recorded by this instance; null if it has recorded none. */
    public @Nullable String lastFailure() {
        return lastFailure;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        leftWhenWritten = retryAfter();
        out.defaultWriteObject();
    }
}
