package dev.breaker.spring.aop;

import org.jspecify.annotations.Nullable;

/** Takes a failed call from where it was judged to where its fallback answers, and no further. */
@SuppressWarnings("serial")
final class Unanswered extends RuntimeException {

    private final transient Fallback fallback;

    private Unanswered(Fallback fallback, @Nullable Throwable cause) {
        super(null, cause, false, false);
        this.fallback = fallback;
    }

    /** Nothing if there is no fallback. */
    static @Nullable Unanswered by(@Nullable Fallback fallback, @Nullable Throwable cause) {
        return fallback == null ? null : new Unanswered(fallback, cause);
    }

    Fallback fallback() {
        return fallback;
    }
}
