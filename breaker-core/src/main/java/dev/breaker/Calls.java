package dev.breaker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What calls of foreign code have in common. */
final class Calls {

    private static final int DEEPEST_CAUSE = 50;

    private Calls() {}

    /** Calls a store, which may be badly behaved: whatever it throws fails the stage, and so does null. */
    static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get().thenApply(reply -> {
                if (reply == null) {
                    throw new IllegalStateException("the store answered nothing");
                }
                return reply;
            });
        } catch (Exception | LinkageError | AssertionError fault) {
            return CompletableFuture.failedFuture(fault);
        }
    }

    /** The exception that a caller meant, without what asynchronous code puts around it. */
    static @Nullable Throwable unwrap(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Class and message in one line of bounded length. */
    static String describe(Throwable thrown) {
        String message = message(thrown);
        String name = thrown.getClass().getSimpleName();
        return message == null || message.isBlank()
                ? name
                : name + ": " + message.lines().findFirst().orElse("");
    }

    private static @Nullable String message(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (RuntimeException fault) {
            return null;
        }
    }

    /** The innermost cause in one line. */
    static String describeRoot(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no answer";
        }
        Throwable root = thrown;
        for (int depth = 0; depth < DEEPEST_CAUSE && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? describe(root)
                : message.lines().findFirst().orElse("");
    }
}
