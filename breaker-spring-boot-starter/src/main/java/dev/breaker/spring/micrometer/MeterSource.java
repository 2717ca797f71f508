package dev.breaker.spring.micrometer;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.BreakerTotals;
import dev.breaker.KeyedBreakers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the meters of one name tell about: a circuit, or all circuits of a name that has one for each key, so that keys do not
 * become tags. It is asked when the meters are read and not before.
 *
 * @param origin what is asked; two sources of one origin are the same
 * @param name value of the tag {@code name}
 * @param totals all calls so far
 * @param circuits the circuits it consists of now
 */
record MeterSource(Object origin, String name, Supplier<BreakerTotals> totals, Supplier<Collection<Breaker>> circuits) {

    /** Name of the source to which a circuit belongs: its own, or that without the key. */
    static String nameOf(BreakerRegistry registry, String circuit) {
        return registry.find(circuit).flatMap(Breaker::family).orElse(circuit);
    }

    /** The source of that name, null if there is none. */
    static @Nullable MeterSource find(BreakerRegistry registry, String name) {
        return registry.families().stream()
                .filter(family -> family.name().equals(name))
                .findAny()
                .map(family -> of(registry, family))
                .or(() -> registry.find(name).map(MeterSource::of))
                .orElse(null);
    }

    private static MeterSource of(Breaker breaker) {
        List<Breaker> itself = List.of(breaker);
        return new MeterSource(breaker, breaker.name(), breaker::totals, () -> itself);
    }

    /* The circuit of the bare name, which serves calls without a key or with one too many, is one of them. */
    private static MeterSource of(BreakerRegistry registry, KeyedBreakers family) {
        Supplier<BreakerTotals> totals = () -> registry.find(family.name())
                .map(bare -> family.totals().plus(bare.totals()))
                .orElseGet(family::totals);
        Supplier<Collection<Breaker>> circuits =
                () -> Stream.concat(registry.find(family.name()).stream(), family.breakers().stream())
                        .toList();
        return new MeterSource(family, family.name(), totals, circuits);
    }

    /** The circuits that have keys; null if it is a single circuit. */
    @Nullable
    KeyedBreakers family() {
        return origin instanceof KeyedBreakers family ? family : null;
    }

    boolean isTimed() {
        return circuits.get().stream().anyMatch(Breaker::isTimed);
    }

    boolean isShared() {
        return circuits.get().stream().anyMatch(breaker -> breaker.snapshot().sharing() != BreakerSnapshot.Sharing.OFF);
    }

    /** How many circuits are in that state: one or none, unless there are keys. */
    long circuitsIn(BreakerState state) {
        return circuits.get().stream()
                .filter(breaker -> breaker.state() == state)
                .count();
    }

    /** The calls in the sliding window, or in those of all keys. */
    BreakerSnapshot.Counts counts() {
        List<BreakerSnapshot.Counts> windows = circuits.get().stream()
                .map(breaker -> breaker.snapshot().counts())
                .toList();
        return new BreakerSnapshot.Counts(
                sum(windows, BreakerSnapshot.Counts::calls),
                sum(windows, BreakerSnapshot.Counts::failures),
                sum(windows, BreakerSnapshot.Counts::slow),
                0);
    }

    private static long sum(List<BreakerSnapshot.Counts> windows, ToLongFunction<BreakerSnapshot.Counts> number) {
        return windows.stream().mapToLong(number).sum();
    }

    /** Age of the oldest of the cluster's numbers in nanoseconds, not a number if none were ever fetched. */
    double stalenessNanos() {
        return circuits.get().stream()
                .map(breaker -> breaker.snapshot().staleness())
                .filter(Objects::nonNull)
                .mapToDouble(Duration::toNanos)
                .max()
                .orElse(Double.NaN);
    }
}
