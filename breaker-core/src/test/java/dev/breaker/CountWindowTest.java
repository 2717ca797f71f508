package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountWindowTest {

    private static Tally tally(CountWindow window) {
        return new Tally(window.calls, window.failures, window.slow, 0);
    }

    private static Tally naive(String outcomes) {
        return new Tally(
                outcomes.length(),
                outcomes.chars().filter(one -> "fF".indexOf(one) >= 0).count(),
                outcomes.chars().filter(one -> "SF".indexOf(one) >= 0).count(),
                0);
    }

    private static String last(String outcomes, int size) {
        return outcomes.substring(Math.max(0, outcomes.length() - size));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void holdsTheLastOutcomesAsANaiveStringDoes(int size) {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            CountWindow window = new CountWindow(size);
            String naive = "";
            for (int step = 0; step < 200; step++) {
                int times = random.nextInt(10) == 0 ? random.nextInt(2 * size + 2) : 1;
                boolean failure = random.nextBoolean();
                boolean slow = random.nextInt(4) == 0;
                window.add(step, times, failure, slow);
                String letter = failure ? slow ? "F" : "f" : slow ? "S" : "s";
                naive = last(naive + letter.repeat(times), size);
                assertThat(window.outcomes()).as("seed %s, step %s", seed, step).isEqualTo(naive);
                assertThat(tally(window)).as("seed %s, step %s", seed, step).isEqualTo(naive(naive));
            }
        }
    }

    @Test
    void takesWhatAnotherWindowHolds() {
        CountWindow window = new CountWindow(5);
        window.add("sfSFssf");
        assertThat(window.outcomes()).isEqualTo("SFssf");
        assertThat(tally(window)).isEqualTo(new Tally(5, 2, 2, 0));
    }

    @Test
    void refusesWhatIsNoOutcome() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CountWindow(5).add("sx"))
                .withMessage("Invalid outcome (x): must be one of sfSF.");
    }

    @Test
    void holdsNothingOnceCleared() {
        CountWindow window = new CountWindow(3);
        window.add("FFFF");
        window.clear();
        assertThat(tally(window)).isEqualTo(Tally.NONE);
        assertThat(window.outcomes()).isEmpty();
        window.add("sf");
        assertThat(window.outcomes()).isEqualTo("sf");
    }

    @Test
    void takesAnyNumberOfOutcomesAtOnce() {
        CountWindow window = new CountWindow(3);
        window.add("f");
        window.add(0, Integer.MAX_VALUE, false, false);
        assertThat(window.outcomes()).isEqualTo("sss");
        window.add(0, 0, true, false);
        assertThat(window.outcomes()).isEqualTo("sss");
    }
}
