package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ManualTickerTest {

    private final ManualTicker ticker = new ManualTicker();
    private final Timers timers = ticker.timers();
    private final List<String> ran = new ArrayList<>();

    private Timers.Task after(long nanos, String name) {
        return timers.after(nanos, () -> ran.add(name + "@" + ticker.read()));
    }

    private void advance(long nanos) {
        ticker.advance(Duration.ofNanos(nanos));
    }

    @Test
    void standsStillUntilItIsAdvanced() {
        assertThat(ticker.read()).isZero();
        advance(5);
        advance(7);
        assertThat(ticker.read()).isEqualTo(12);
    }

    @Test
    void doesNotGoBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ticker.advance(Duration.ofSeconds(-1)))
                .withMessage("Invalid time (PT-1S): must not be negative.");
        assertThat(ticker.read()).isZero();
    }

    @Nested
    class Tasks {

        @Test
        void runInTheOrderOfTheirTimesWithTheClockStandingAtEach() {
            after(30, "c");
            after(10, "a");
            after(20, "b");
            advance(25);
            assertThat(ran).containsExactly("a@10", "b@20");
            assertThat(ticker.read()).isEqualTo(25);
            advance(5);
            assertThat(ran).containsExactly("a@10", "b@20", "c@30");
        }

        @Test
        void ofTheSameTimeRunInTheOrderInWhichTheyWereSet() {
            for (String name : List.of("a", "b", "c", "d", "e")) {
                after(10, name);
            }
            advance(10);
            assertThat(ran).containsExactly("a@10", "b@10", "c@10", "d@10", "e@10");
        }

        @Test
        void runOnce() {
            after(10, "a");
            advance(10);
            advance(10);
            assertThat(ran).hasSize(1);
        }

        @Test
        void thatAreDueNowRunWhenTheClockIsAdvancedByNothing() {
            after(0, "a");
            after(-5, "b");
            assertThat(ran).isEmpty();
            advance(0);
            assertThat(ran).containsExactly("a@0", "b@0");
        }

        @Test
        void mayBeSetByTasksAndRunOnTheSameWay() {
            timers.after(10, () -> after(10, "later"));
            advance(100);
            assertThat(ran).containsExactly("later@20");
            assertThat(ticker.read()).isEqualTo(100);
        }

        @Test
        void mayAdvanceTheClockThemselves() {
            timers.after(10, () -> advance(50));
            after(20, "a");
            advance(30);
            assertThat(ran).containsExactly("a@20");
            assertThat(ticker.read()).isEqualTo(60);
        }

        @Test
        void doNotRunOnceCancelled() {
            Timers.Task cancelled = after(10, "a");
            after(10, "b");
            cancelled.cancel();
            cancelled.cancel();
            advance(20);
            assertThat(ran).containsExactly("b@10");
        }

        @Test
        void mayBeSetForEver() {
            advance(1_000);
            after(Long.MAX_VALUE, "never");
            ticker.advance(Duration.ofDays(365));
            assertThat(ran).isEmpty();
        }

        @Test
        void thatShouldRunSoonRunAtOnce() {
            timers.soon(() -> ran.add("soon"));
            assertThat(ran).containsExactly("soon");
        }
    }

    @Nested
    class Stopped {

        @Test
        void runsNothingAnyMore() {
            after(10, "a");
            timers.stop();
            timers.soon(() -> ran.add("soon"));
            after(20, "b");
            advance(100);
            assertThat(ran).isEmpty();
        }

        @Test
        void leavesOtherTimersOfTheClockAlone() {
            timers.stop();
            ticker.timers().after(10, () -> ran.add("other"));
            advance(10);
            assertThat(ran).containsExactly("other");
        }
    }
}
