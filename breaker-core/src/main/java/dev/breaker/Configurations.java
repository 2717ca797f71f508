package dev.breaker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configurations of a registry's circuits. They come from users' code, which is asked without a lock; however many ask at
 * once, every circuit ends up with an answer to the last round that has begun. Safe for use by many threads.
 */
final class Configurations {

    private static final Logger log = LoggerFactory.getLogger(BreakerRegistry.class);

    private final Function<String, BreakerConfig> source;
    private final Map<String, Breaker> breakers;
    private final AtomicInteger rounds = new AtomicInteger();
    private int applied;

    /**
     * @param source yields the configuration of a name
     * @param breakers all circuits at any moment
     */
    Configurations(Function<String, BreakerConfig> source, Map<String, Breaker> breakers) {
        this.source = source;
        this.breakers = breakers;
    }

    BreakerConfig of(String name) {
        try {
            return Objects.requireNonNull(
                    source.apply(name), () -> "No configuration for circuit breaker '" + name + "'");
        } catch (InvalidConfigException nameless) {
            throw nameless.of(name);
        }
    }

    /** What a key has of the configuration of the bare name: no health probe, which asks the partner without the key. */
    static BreakerConfig ofAKey(BreakerConfig bare) {
        return bare.healthProbe() == null
                ? bare
                : bare.toBuilder().healthProbe(null).build();
    }

    /** How many rounds have begun. */
    int rounds() {
        return rounds.get();
    }

    /** Asks for the configuration of every circuit again; all answers are known before the first circuit changes. */
    void reconfigure() {
        int round = rounds.incrementAndGet();
        Map<Circuit, BreakerConfig> next = new LinkedHashMap<>();
        List.copyOf(breakers.values())
                .forEach(breaker -> next.put(
                        breaker.circuit(),
                        breaker.family().map(family -> ofAKey(of(family))).orElseGet(() -> of(breaker.name()))));
        synchronized (this) {
            if (round > applied) {
                applied = round;
                next.forEach(Configurations::reconfigure);
                breakers.values().stream()
                        .filter(created -> !next.containsKey(created.circuit()))
                        .forEach(this::likeItsFamily);
            }
        }
    }

    /** Gives the circuit of a key what the circuit of the bare name has by now, which may have changed during its creation. */
    synchronized void likeItsFamily(Breaker keyed) {
        Breaker bare = keyed.family().map(breakers::get).orElse(null);
        if (bare != null) {
            reconfigure(keyed.circuit(), ofAKey(bare.config()));
        }
    }

    /** Asks again if a round has begun since, which may not have found the new circuit. */
    void catchUp(Breaker created, int before) {
        for (int seen = before; seen != rounds.get(); ) {
            seen = rounds.get();
            BreakerConfig next = of(created.name());
            synchronized (this) {
                reconfigure(created.circuit(), next);
            }
        }
    }

    private static void reconfigure(Circuit circuit, BreakerConfig next) {
        if (!next.equals(circuit.config())) {
            circuit.reconfigure(next);
            log.info("{} goes on with other settings", circuit);
        }
    }
}
