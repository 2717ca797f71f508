package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operator may decide about a circuit, by the name that a request uses. */
enum Action {
    FORCE_OPEN("forceOpen") {
        @Override
        void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry) {
            breaker.forceOpen(reason, actor, expiry);
        }
    },
    DISABLE("disable") {
        @Override
        void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry) {
            breaker.disable(reason, actor, expiry);
        }
    },
    METRICS_ONLY("metricsOnly") {
        @Override
        void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry) {
            breaker.metricsOnly(reason, actor, expiry);
        }
    },
    RELEASE("release") {
        @Override
        void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry) {
            withoutExpiry(expiry);
            breaker.release(reason, actor);
        }
    },
    RESET("reset") {
        @Override
        void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry) {
            withoutExpiry(expiry);
            breaker.reset(reason, actor);
        }
    };

    private static final int LONGEST_SHOWN = 40;

    private final String word;

    Action(String word) {
        this.word = word;
    }

    abstract void decide(Breaker breaker, String reason, String actor, @Nullable Duration expiry);

    void withoutExpiry(@Nullable Duration expiry) {
        if (expiry != null) {
            throw new IllegalArgumentException("Invalid ttl: " + word + " has none.");
        }
    }

    /** @throws IllegalArgumentException if there is no such action */
    static Action of(@Nullable String word) {
        return Arrays.stream(values())
                .filter(action -> action.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid action (" + shown(word) + "): must be one of "
                        + Arrays.stream(values()).map(action -> action.word).collect(Collectors.joining(", ")) + "."));
    }

    /** What was sent, for a message, but not all of it if it is long. */
    static @Nullable String shown(@Nullable String sent) {
        return sent == null || sent.length() <= LONGEST_SHOWN ? sent : sent.substring(0, LONGEST_SHOWN) + "...";
    }
}
