package dev.breaker;

import static dev.breaker.Thresholds.Verdict.RECOVERED;
import static dev.breaker.Thresholds.Verdict.STILL_FAILING;
import static dev.breaker.Thresholds.Verdict.UNDECIDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Probes;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {

    private static Thresholds thresholds(BreakerConfig.Builder config) {
        return new Thresholds(config.build());
    }

    private static BreakerConfig.Builder timed() {
        return BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(1));
    }

    @Nested
    class Crossing {

        @Test
        void isDecidedByTheFailureRateFromTheMinimumOn() {
            Thresholds thresholds = thresholds(BreakerConfig.builder());
            assertThat(thresholds.crossedBy(new Tally(9, 9, 0, 9))).isNull();
            assertThat(thresholds.crossedBy(new Tally(10, 5, 0, 1)))
                    .isEqualTo("failure rate 50.0% of 10 calls, threshold 50.0%");
            assertThat(thresholds.crossedBy(new Tally(1001, 500, 0, 1))).isNull();
        }

        @Test
        void isDecidedByTheSlowCallRateFromTheMinimumOn() {
            Thresholds thresholds = thresholds(timed().slowCallRateThreshold(80));
            assertThat(thresholds.crossedBy(new Tally(9, 0, 9, 0))).isNull();
            assertThat(thresholds.crossedBy(new Tally(10, 0, 8, 0)))
                    .isEqualTo("slow call rate 80.0% of 10 calls, threshold 80.0%");
            assertThat(thresholds.crossedBy(new Tally(100, 0, 79, 0))).isNull();
        }

        @Test
        void ignoresSlowCallsThatAreNotMeasured() {
            assertThat(thresholds(BreakerConfig.builder()).crossedBy(new Tally(10, 0, 10, 0)))
                    .isNull();
        }

        @Test
        void isDecidedByTheNumberOfFailures() {
            Thresholds thresholds = thresholds(
                    BreakerConfig.builder().minimumNumberOfCalls(1000).failureCountThreshold(7));
            assertThat(thresholds.crossedBy(new Tally(900, 6, 0, 6))).isNull();
            assertThat(thresholds.crossedBy(new Tally(7, 7, 0, 1))).isEqualTo("7 failures in the window");
        }

        @Test
        void isDecidedByFailuresInARow() {
            Thresholds thresholds = thresholds(BreakerConfig.builder().consecutiveFailureThreshold(3));
            assertThat(thresholds.crossedBy(new Tally(3, 2, 0, 2))).isNull();
            assertThat(thresholds.crossedBy(new Tally(3, 3, 0, 3))).isEqualTo("3 failures in a row");
            assertThat(thresholds.crossedByWindow(new Tally(3, 3, 0, 3))).isNull();
        }

        @Test
        void neverHappensWithoutCalls() {
            assertThat(thresholds(timed().minimumNumberOfCalls(1)).crossedBy(Tally.NONE))
                    .isNull();
        }

        @Test
        void isToldTheSameWayInEveryLanguage() {
            Locale before = Locale.getDefault();
            Locale.setDefault(Locale.GERMANY);
            try {
                assertThat(thresholds(BreakerConfig.builder().failureRateThreshold(12.5))
                                .crossedBy(new Tally(40, 5, 0, 1)))
                        .isEqualTo("failure rate 12.5% of 40 calls, threshold 12.5%");
            } finally {
                Locale.setDefault(before);
            }
        }
    }

    @Nested
    class NearCrossing {

        @Test
        void isHalfWayToAnyThreshold() {
            Thresholds thresholds = thresholds(BreakerConfig.builder());
            assertThat(thresholds.near(new Tally(4, 4, 0, 4))).isFalse();
            assertThat(thresholds.near(new Tally(5, 2, 0, 1))).isTrue();
            assertThat(thresholds.near(new Tally(100, 24, 0, 1))).isFalse();
            assertThat(thresholds.near(new Tally(100, 25, 0, 1))).isTrue();
            assertThat(thresholds(BreakerConfig.builder().failureCountThreshold(4))
                            .near(new Tally(2, 2, 0, 1)))
                    .isTrue();
            assertThat(thresholds(BreakerConfig.builder().consecutiveFailureThreshold(3))
                            .near(new Tally(2, 2, 0, 2)))
                    .isTrue();
        }
    }

    @Nested
    class Judging {

        private final Thresholds thresholds = thresholds(timed().slowCallRateThreshold(60));

        private Thresholds.Verdict judge(int successes, int failures, int slow) {
            return thresholds.judge(new Probes(5, 0, successes, failures, slow));
        }

        @Test
        void waitsWhileTheRestMayDecideEitherWay() {
            assertThat(judge(0, 0, 0)).isEqualTo(UNDECIDED);
            assertThat(judge(2, 0, 0)).isEqualTo(UNDECIDED);
            assertThat(judge(2, 2, 0)).isEqualTo(UNDECIDED);
        }

        @Test
        void isDoneWhenTheRestCannotChangeIt() {
            assertThat(judge(3, 0, 0)).isEqualTo(RECOVERED);
            assertThat(judge(3, 2, 0)).isEqualTo(RECOVERED);
            assertThat(judge(0, 3, 0)).isEqualTo(STILL_FAILING);
            assertThat(judge(2, 3, 0)).isEqualTo(STILL_FAILING);
        }

        @Test
        void judgesSlowProbesTheSameWay() {
            assertThat(judge(3, 0, 2)).isEqualTo(UNDECIDED);
            assertThat(judge(3, 0, 3)).isEqualTo(STILL_FAILING);
            assertThat(judge(4, 0, 2)).isEqualTo(UNDECIDED);
            assertThat(judge(5, 0, 2)).isEqualTo(RECOVERED);
        }

        @ParameterizedTest
        @ValueSource(doubles = {0.07, 0.1, 1.1, 7, 14.3, 33.3, 50, 66.7, 99.9, 100})
        void agreesWithTheRuleThatOpensAClosedCircuit(double rate) {
            Thresholds same =
                    thresholds(BreakerConfig.builder().minimumNumberOfCalls(1).failureRateThreshold(rate));
            for (int permitted = 1; permitted <= 1000; permitted++) {
                int atThreshold = (int) Math.round(rate * permitted / 100);
                for (int failures = Math.max(0, atThreshold - 1); failures <= atThreshold + 1; failures++) {
                    boolean opens = same.crossedBy(new Tally(permitted, failures, 0, 0)) != null;
                    Probes all = new Probes(permitted, 0, permitted - failures, failures, 0);
                    assertThat(same.judge(all))
                            .as("%s failures of %s at %s%%", failures, permitted, rate)
                            .isEqualTo(opens ? STILL_FAILING : RECOVERED);
                }
            }
        }
    }
}
