package dev.breaker.spring.probe;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapterRegistry;

/** What a probe's code returned. */
final class Answer {

    private Answer() {}

    /** Whether a value of that type is only the promise of an answer. */
    static boolean isAsynchronous(Class<?> type) {
        return Future.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
    }

    /**
     * Takes everything but false for a success.
     *
     * @throws IllegalStateException if it is false, or only the promise of an answer
     */
    static void check(String probe, @Nullable Object answer) {
        if (answer != null && isAsynchronous(answer.getClass())) {
            throw new IllegalStateException(
                    probe + " returned a " + answer.getClass().getSimpleName() + ", which says nothing before it ends");
        }
        if (Boolean.FALSE.equals(answer)) {
            throw new IllegalStateException(probe + " returned false");
        }
    }
}
