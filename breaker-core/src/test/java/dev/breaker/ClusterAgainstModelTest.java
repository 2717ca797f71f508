package dev.breaker;

import org.junit.jupiter.api.Test;

/**
 * Thousands of random lives of a cluster, each compared with a sequential model after every step. A failure tells the seed and
 * the steps; {@code -Dbreaker.model.seed=17} lives that life again. {@code -Dbreaker.model.seeds=1000000} looks further.
 */
class ClusterAgainstModelTest {

    private static final int STEPS = 60;

    @Test
    void doesWhatTheModelDoes() {
        Long one = Long.getLong("breaker.model.seed");
        long first = one == null ? 0 : one;
        long count = one == null ? Long.getLong("breaker.model.seeds", 2000) : 1;
        for (long seed = first; seed < first + count; seed++) {
            live(seed);
        }
    }

    private static void live(long seed) {
        ModelledLife life = new ModelledLife(seed);
        try {
            life.live(STEPS);
        } catch (AssertionError | RuntimeException difference) {
            throw new AssertionError(
                    "Seed " + seed + ", -Dbreaker.model.seed=" + seed + " replays it:\n"
                            + String.join("\n", life.steps()) + "\nthe model: " + life + "\n" + difference.getMessage(),
                    difference);
        }
    }
}
