package dev.breaker.spring.redis;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An operation failed; the message is the innermost reason in one line, such as the server's own words. */
final class RedisStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean answered;

    private final boolean readOnly;

    private RedisStoreException(String message, boolean answered, boolean readOnly) {
        super(message, null, false, false);
        this.answered = answered;
        this.readOnly = readOnly;
    }

    /** The server could not be asked, or did not answer. */
    static RedisStoreException unanswered(String message) {
        return new RedisStoreException(message, false, false);
    }

    /** The server could not be asked, or did not answer. */
    static RedisStoreException unanswered(Throwable failure) {
        return unanswered(reason(failure));
    }

    /** The one that caused a failure, or else one that stands for it. */
    static RedisStoreException of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof RedisStoreException known) {
                return known;
            }
        }
        return unanswered(failure);
    }

    /** The server answered with an error. */
    static RedisStoreException answered(Throwable failure) {
        String reason = reason(failure);
        return new RedisStoreException(reason, true, reason.contains("READONLY "));
    }

    /** Says where as well. */
    RedisStoreException at(String place) {
        return new RedisStoreException(place + ": " + getMessage(), answered, readOnly);
    }

    boolean isAnswered() {
        return answered;
    }

    /** The server is a replica. */
    boolean isReadOnly() {
        return readOnly;
    }

    static String reason(Throwable failure) {
        String reason = failure.toString();
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            String message = cause.getMessage();
            if (cause instanceof TimeoutException && message == null) {
                reason = "No answer in time";
            } else if (message != null && !message.isBlank()) {
                reason = message.lines().findFirst().orElse(message);
            }
        }
        return reason;
    }

    private static @Nullable Throwable next(Throwable cause) {
        return cause.getCause() == cause ? null : cause.getCause();
    }
}
