package dev.breaker.spring.aop;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Takes the wrappers off what a call threw. */
final class Causes {

    /* Causes may go round in a circle. */
    private static final int DEEPEST = 50;

    private Causes() {}

    /** What was thrown first, without the exceptions that futures and proxies put around it. */
    static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; depth < DEEPEST && isWrapper(cause) && cause.getCause() != null; depth++) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof CompletionException
                || thrown instanceof ExecutionException
                || thrown instanceof UndeclaredThrowableException;
    }
}
