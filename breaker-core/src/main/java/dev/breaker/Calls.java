package dev.breaker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What calls of foreign code have in common. */
final class Calls {

    private static final int LONGEST_LINE = 200;
    /* Causes may go round in a circle. */
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

    /** Runs foreign code in a thread of a pool with the class loader that it had where it was handed over. */
    static void with(@Nullable ClassLoader classes, Runnable code) {
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        thread.setContextClassLoader(classes);
        try {
            code.run();
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    /** The exception that a caller meant, without what asynchronous code puts around it. */
    static @Nullable Throwable unwrap(@Nullable Throwable thrown) {
        Throwable meant = thrown;
        for (int depth = 0; depth < DEEPEST_CAUSE; depth++) {
            boolean wrapped = meant instanceof CompletionException || meant instanceof ExecutionException;
            Throwable cause = meant == null || !wrapped ? null : meant.getCause();
            if (cause == null) {
                return meant;
            }
            meant = cause;
        }
        return meant;
    }

    /** Class and message in one line of bounded length. */
    static String describe(Throwable thrown) {
        String message = message(thrown);
        return message.isEmpty() ? name(thrown) : name(thrown) + ": " + message;
    }

    /** The message of the innermost cause in one line, or its class if it has none. */
    static String describeRoot(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no answer";
        }
        Throwable root = thrown;
        for (int depth = 0; depth < DEEPEST_CAUSE && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        String message = message(root);
        return message.isEmpty() ? name(root) : message;
    }

    private static String name(Throwable thrown) {
        String simple = thrown.getClass().getSimpleName();
        return simple.isEmpty() ? thrown.getClass().getName() : simple;
    }

    /* Some messages are the whole body of an answer, some cannot be had, and this text lives as long as the circuit. */
    private static String message(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable fault) {
            return "";
        }
        String line = message == null ? "" : message.strip().lines().findFirst().orElse("");
        return OneLine.of(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line);
    }
}
