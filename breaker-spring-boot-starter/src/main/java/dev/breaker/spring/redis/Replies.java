package dev.breaker.spring.redis;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.Totals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the scripts return; {@code common.lua} documents the order of the elements. */
final class Replies {

    private Replies() {}

    static SharedState state(@Nullable Object reply) {
        if (reply == null) {
            return SharedState.initial();
        }
        List<?> e = list(reply);
        SharedState.Kind kind = SharedState.Kind.valueOf(text(e.get(1)));
        Probes probes = kind == SharedState.Kind.HALF_OPEN
                ? new Probes(count(e.get(7)), count(e.get(8)), count(e.get(9)), count(e.get(10)), count(e.get(11)))
                : Probes.NONE;
        return new SharedState(
                number(e.get(0)),
                kind,
                micros(e.get(2)),
                micros(e.get(3)),
                count(e.get(4)),
                text(e.get(5)),
                text(e.get(6)),
                probes);
    }

    static Totals totals(List<?> e) {
        return new Totals(number(e.get(0)), number(e.get(1)), number(e.get(2)), number(e.get(3)), age(e.get(4)));
    }

    static @Nullable SharedOverride override(@Nullable Object reply) {
        if (reply == null) {
            return null;
        }
        List<?> e = list(reply);
        return new SharedOverride(
                number(e.get(0)),
                SharedOverride.Mode.valueOf(text(e.get(1))),
                text(e.get(2)),
                text(e.get(3)),
                micros(e.get(4)),
                age(e.get(5)));
    }

    static List<?> list(@Nullable Object element) {
        if (element instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("Expected a list but got " + element);
    }

    static String text(@Nullable Object element) {
        if (element instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (element instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("Expected a text but got " + element);
    }

    static long number(@Nullable Object element) {
        return element instanceof Long number ? number : Long.parseLong(text(element));
    }

    static Duration micros(@Nullable Object element) {
        return Duration.of(number(element), ChronoUnit.MICROS);
    }

    private static @Nullable Duration age(@Nullable Object element) {
        return number(element) < 0 ? null : micros(element);
    }

    private static int count(@Nullable Object element) {
        return (int) Math.min(Integer.MAX_VALUE, number(element));
    }
}
