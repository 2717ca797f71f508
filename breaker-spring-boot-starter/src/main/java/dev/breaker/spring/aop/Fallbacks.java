package dev.breaker.spring.aop;

import dev.breaker.CallNotPermittedException;
import dev.breaker.Outcome;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The fallbacks of one guarded method, and which of them answers when. */
final class Fallbacks {

    static final Fallbacks NONE = new Fallbacks(List.of());

    private final Fallback[] closestFirst;
    private final @Nullable Fallback withoutCause;
    private final @Nullable Fallback forRejection;

    Fallbacks(Collection<Fallback> all) {
        closestFirst = all.stream()
                .filter(Fallback::takesCause)
                .sorted(Comparator.comparingInt(Fallback::depth).reversed())
                .toArray(Fallback[]::new);
        withoutCause = all.stream()
                .filter(fallback -> !fallback.takesCause())
                .findFirst()
                .orElse(null);
        forRejection = orWithoutCause(closest(CallNotPermittedException.class));
    }

    /** The methods that answer. */
    Stream<Method> methods() {
        return Stream.concat(Stream.of(closestFirst), Stream.ofNullable(withoutCause))
                .map(Fallback::method);
    }

    @Nullable
    Fallback forRejection() {
        return forRejection;
    }

    /** For a result that was classified as failure. */
    @Nullable
    Fallback forResult() {
        return withoutCause;
    }

    /**
     * For an exception, without what was wrapped around it.
     *
     * @param outcome how it was classified
     */
    @Nullable
    Fallback forThrown(Throwable thrown, Outcome outcome) {
        if (thrown instanceof VirtualMachineError) {
            return null;
        }
        return switch (outcome) {
            case FAILURE -> orWithoutCause(closest(thrown.getClass()));
            case IGNORED, SUCCESS -> naming(thrown.getClass());
        };
    }

    private @Nullable Fallback closest(Class<?> exception) {
        for (Fallback fallback : closestFirst) {
            if (fallback.takes(exception)) {
                return fallback;
            }
        }
        return null;
    }

    private @Nullable Fallback naming(Class<?> exception) {
        Fallback closest = closest(exception);
        return closest != null && closest.names(exception) ? closest : null;
    }

    private @Nullable Fallback orWithoutCause(@Nullable Fallback fallback) {
        return fallback != null ? fallback : withoutCause;
    }
}
