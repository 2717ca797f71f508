package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeWindowTest {

    private static final int SLOTS = 10;
    private static final long WIDTH = 100;

    private record Recorded(long at, boolean failure, boolean slow) {}

    private final TimeWindow window = new TimeWindow(SLOTS, WIDTH);

    private Tally tally(long now) {
        window.slide(now);
        return new Tally(window.calls, window.failures, window.slow, 0);
    }

    private static Tally naive(List<Recorded> all, long now) {
        long oldest = Math.floorDiv(now, WIDTH) - SLOTS + 1;
        List<Recorded> kept = all.stream()
                .filter(one -> Math.floorDiv(one.at, WIDTH) >= oldest)
                .toList();
        return new Tally(
                kept.size(),
                kept.stream().filter(Recorded::failure).count(),
                kept.stream().filter(Recorded::slow).count(),
                0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -123_456_789, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2})
    void holdsWhatANaiveListHolds(long origin) {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            TimeWindow tested = new TimeWindow(SLOTS, WIDTH);
            List<Recorded> all = new ArrayList<>();
            long now = origin;
            for (int step = 0; step < 300; step++) {
                now += random.nextInt(20) == 0 ? random.nextInt(3000) : random.nextInt(60);
                int times = 1 + random.nextInt(3);
                Recorded recorded = new Recorded(now, random.nextBoolean(), random.nextBoolean());
                tested.add(now, times, recorded.failure, recorded.slow);
                for (int i = 0; i < times; i++) {
                    all.add(recorded);
                }
                long later = now + random.nextInt(1200) * (long) random.nextInt(2);
                now = later;
                tested.slide(now);
                assertThat(new Tally(tested.calls, tested.failures, tested.slow, 0))
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(naive(all, now));
            }
        }
    }

    @Test
    void handsOnItsContentsByAge() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            TimeWindow first = new TimeWindow(SLOTS, WIDTH);
            long now = random.nextInt(1000);
            for (int step = 0; step < 40; step++) {
                now += random.nextInt(60);
                first.add(now, 1, random.nextBoolean(), random.nextBoolean());
            }
            TimeWindow second = new TimeWindow(SLOTS, WIDTH);
            for (Batch.Slice slice : first.slices(now)) {
                second.add(now, slice);
            }
            assertThat(second.slices(now)).as("seed %s", seed).isEqualTo(first.slices(now));
            for (int later = 0; later < SLOTS; later++, now += WIDTH) {
                first.slide(now);
                second.slide(now);
                assertThat(new Tally(second.calls, second.failures, second.slow, 0))
                        .as("seed %s, %s slots later", seed, later)
                        .isEqualTo(new Tally(first.calls, first.failures, first.slow, 0));
            }
        }
    }

    @Test
    void dropsASliceThatIsTooOld() {
        window.add(1000, new Batch.Slice(Duration.ofNanos(901), 5, 4, 3));
        assertThat(tally(1000).calls()).isZero();
        window.add(1000, new Batch.Slice(Duration.ofNanos(900), 5, 4, 3));
        assertThat(tally(1000)).isEqualTo(new Tally(5, 4, 3, 0));
    }

    @Test
    void countsForTheNewestMomentWhenTheClockSeemsToGoBack() {
        window.add(1000, 1, true, false);
        window.add(100, 1, true, false);
        assertThat(tally(100).calls()).isEqualTo(2);
        assertThat(tally(1999).calls()).isEqualTo(2);
        assertThat(tally(2000).calls()).isZero();
    }

    @Test
    void holdsNothingOnceCleared() {
        window.add(1000, 3, true, true);
        window.clear();
        assertThat(tally(1000)).isEqualTo(Tally.NONE);
        assertThat(window.slices(1000)).isEmpty();
    }
}
