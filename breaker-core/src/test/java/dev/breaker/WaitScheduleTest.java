package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WaitScheduleTest {

    private static double middle() {
        return 0.5;
    }

    private static BreakerConfig.Builder tenSeconds() {
        return BreakerConfig.builder().waitDurationInOpenState(Duration.ofSeconds(10));
    }

    private static Duration waitOf(BreakerConfig.Builder config, DoubleSupplier random, int opens) {
        return Duration.ofNanos(new WaitSchedule(config.build(), random).nanos(opens));
    }

    @Test
    void isFixedByDefault() {
        assertThat(waitOf(tenSeconds(), WaitScheduleTest::middle, 1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(waitOf(tenSeconds(), WaitScheduleTest::middle, Integer.MAX_VALUE))
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void isNotCappedUnlessItGrows() {
        BreakerConfig.Builder fixed = tenSeconds().waitDurationInOpenState(Duration.ofHours(2));
        assertThat(waitOf(fixed, WaitScheduleTest::middle, 9)).isEqualTo(Duration.ofHours(2));
        assertThat(waitOf(fixed.randomizedWaitFactor(0.5), () -> 0.75, 9)).isEqualTo(Duration.ofMinutes(150));
    }

    @Nested
    class Growing {

        private final BreakerConfig.Builder growing = tenSeconds()
                .exponentialBackoffMultiplier(1.5)
                .exponentialMaxWaitDurationInOpenState(Duration.ofSeconds(30));

        @Test
        void multipliesWithEveryOpening() {
            assertThat(waitOf(growing, WaitScheduleTest::middle, 1)).isEqualTo(Duration.ofSeconds(10));
            assertThat(waitOf(growing, WaitScheduleTest::middle, 2)).isEqualTo(Duration.ofSeconds(15));
            assertThat(waitOf(growing, WaitScheduleTest::middle, 3)).isEqualTo(Duration.ofMillis(22_500));
        }

        @Test
        void stopsAtTheCap() {
            assertThat(waitOf(growing, WaitScheduleTest::middle, 4)).isEqualTo(Duration.ofSeconds(30));
            assertThat(waitOf(growing, WaitScheduleTest::middle, 5)).isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void stopsAtTheCapWhereThePowerOverflows() {
            BreakerConfig.Builder steep = growing.exponentialBackoffMultiplier(1000);
            assertThat(waitOf(steep, WaitScheduleTest::middle, 200)).isEqualTo(Duration.ofSeconds(30));
            assertThat(waitOf(steep, WaitScheduleTest::middle, Integer.MAX_VALUE))
                    .isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void takesNonsenseForTheFirstOpening() {
            assertThat(waitOf(growing, WaitScheduleTest::middle, 0)).isEqualTo(Duration.ofSeconds(10));
            assertThat(waitOf(growing, WaitScheduleTest::middle, -5)).isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Nested
    class Spread {

        private final BreakerConfig.Builder spread = tenSeconds().randomizedWaitFactor(0.2);

        @Test
        void isSymmetricAroundTheWait() {
            assertThat(waitOf(spread, () -> 0, 1)).isEqualTo(Duration.ofSeconds(8));
            assertThat(waitOf(spread, WaitScheduleTest::middle, 1)).isEqualTo(Duration.ofSeconds(10));
            assertThat(waitOf(spread, () -> 0.75, 1)).isEqualTo(Duration.ofSeconds(11));
            assertThat(waitOf(spread, () -> Math.nextDown(1.0), 1))
                    .isBetween(Duration.ofMillis(11_999), Duration.ofSeconds(12));
        }

        @Test
        void fillsItsRange() {
            long seed = 42;
            WaitSchedule waits = new WaitSchedule(spread.build(), new Random(seed)::nextDouble);
            LongSummaryStatistics nanos =
                    LongStream.generate(() -> waits.nanos(1)).limit(10_000).summaryStatistics();
            assertThat(Duration.ofNanos(nanos.getMin())).isBetween(Duration.ofSeconds(8), Duration.ofMillis(8_010));
            assertThat(Duration.ofNanos(nanos.getMax())).isBetween(Duration.ofMillis(11_990), Duration.ofSeconds(12));
            assertThat(Duration.ofNanos((long) nanos.getAverage()))
                    .isBetween(Duration.ofMillis(9_950), Duration.ofMillis(10_050));
        }

        @Test
        void doesNotExceedTheCapOfAGrowingWait() {
            BreakerConfig.Builder capped = spread.exponentialBackoffMultiplier(2)
                    .exponentialMaxWaitDurationInOpenState(Duration.ofSeconds(30));
            assertThat(waitOf(capped, () -> 0, 50)).isEqualTo(Duration.ofSeconds(24));
            assertThat(waitOf(capped, () -> 0.75, 50)).isEqualTo(Duration.ofSeconds(30));
            assertThat(waitOf(capped, () -> 0.75, 2)).isEqualTo(Duration.ofSeconds(22));
        }
    }

    @Test
    void isNeverZeroNorNegative() {
        BreakerConfig.Builder tiny = BreakerConfig.builder()
                .waitDurationInOpenState(Duration.ofMillis(1))
                .randomizedWaitFactor(Math.nextDown(1.0));
        assertThat(waitOf(tiny, () -> 0, 1)).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void doesNotOverflowAtTheLongestSettings() {
        Duration year = Duration.ofDays(365);
        BreakerConfig.Builder longest = BreakerConfig.builder()
                .waitDurationInOpenState(year)
                .exponentialMaxWaitDurationInOpenState(year)
                .exponentialBackoffMultiplier(1000)
                .randomizedWaitFactor(0.99);
        assertThat(waitOf(longest, () -> Math.nextDown(1.0), Integer.MAX_VALUE)).isEqualTo(year);
    }
}
