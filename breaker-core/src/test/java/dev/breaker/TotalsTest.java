package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TotalsTest {

    private final LocalCircuit circuit = new LocalCircuit(fragile());

    private static BreakerTotals totals(long successes, long failures, long ignored, long rejected) {
        return new BreakerTotals(successes, failures, ignored, 0, rejected, 0, 0, 0);
    }

    @Nested
    class Count {

        @Test
        void callsOfAClosedCircuitAtOnceByOutcome() {
            LocalCircuit calm = new LocalCircuit(BreakerConfig.builder());
            calm.succeeds(5).fails(3);
            calm.breaker.acquire().ignore();
            assertThat(calm.breaker.totals()).isEqualTo(totals(5, 3, 1, 0));
        }

        @Test
        void rejections() {
            circuit.fails(1);
            circuit.rejects();
            circuit.rejects();
            assertThat(circuit.breaker.totals()).isEqualTo(totals(0, 1, 0, 2));
            assertThat(circuit.breaker.snapshot().rejectedCalls()).isEqualTo(2);
        }

        @Test
        void probes() {
            circuit.fails(1).afterSeconds(30).succeeds(1);
            circuit.breaker.acquire().ignore();
            circuit.succeeds(1);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.breaker.totals()).isEqualTo(totals(2, 1, 1, 0));
        }

        @Test
        void aProbeOnceHoweverOftenItIsCompleted() {
            circuit.fails(1).afterSeconds(30);
            Permit probe = circuit.breaker.acquire();
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            probe.success(0);
            probe.failure(circuit.down, 0);
            assertThat(circuit.breaker.totals()).isEqualTo(totals(1, 1, 0, 0));
        }

        @Test
        void callsUnderEveryOverride() {
            circuit.breaker.metricsOnly("", "ann", null);
            circuit.succeeds(2).fails(1);
            circuit.breaker.disable("", "ann", null);
            circuit.succeeds(3).fails(1);
            circuit.breaker.acquire().ignore();
            circuit.breaker.acquire().complete("offer", null, 0);
            circuit.breaker.forceOpen("", "ann", null);
            circuit.rejects();
            assertThat(circuit.breaker.totals()).isEqualTo(totals(6, 2, 1, 1));
        }

        @Test
        void fallbacksBesideTheRejectionsTheyAnswer() {
            circuit.fails(1);
            circuit.rejects();
            circuit.breaker.countFallback();
            assertThat(circuit.breaker.totals()).isEqualTo(new BreakerTotals(0, 1, 0, 0, 1, 1, 0, 0));
        }
    }

    @Nested
    class KeepCounting {

        @Test
        void whatEndsWhenItsPhaseIsLongOver() {
            List<Permit> late = new ArrayList<>();
            for (int stay = 1; stay <= 20; stay++) {
                late.add(circuit.breaker.acquire());
                circuit.fails(1).afterSeconds(30).succeeds(2);
            }
            late.forEach(permit -> permit.success(0));
            assertThat(circuit.breaker.totals()).isEqualTo(totals(60, 20, 0, 0));
        }

        @Test
        void inTheAutomaticPhaseAfterManyOverrides() {
            circuit.succeeds(1);
            for (int i = 0; i < 20; i++) {
                circuit.breaker.metricsOnly("trial " + i, "ann", null);
                circuit.succeeds(1);
            }
            circuit.breaker.release("", "ann");
            circuit.succeeds(1);
            assertThat(circuit.breaker.totals().successes()).isEqualTo(22);
        }

        /* The collector decides when the counter of a phase is settled, so the test lets it run. */
        @Test
        void withoutLosingWhatForgottenPhasesCounted() {
            for (int stay = 1; stay <= 20; stay++) {
                circuit.succeeds(1).fails(1).afterSeconds(30).succeeds(2);
                System.gc();
                assertThat(circuit.breaker.totals()).isEqualTo(totals(3L * stay, stay, 0, 0));
            }
        }

        @Test
        void acrossAReset() {
            circuit.succeeds(4);
            circuit.breaker.reset("", "ann");
            circuit.succeeds(1);
            assertThat(circuit.breaker.totals().successes()).isEqualTo(5);
        }
    }

    @Nested
    class Durations {

        private static BreakerRegistry.Builder registry() {
            return BreakerRegistry.builder().ticker(new ManualTicker());
        }

        @Test
        void areZeroUnlessCallsAreTimed() {
            Breaker breaker = registry().build().breaker("partner");
            breaker.acquire().success(7);
            breaker.acquire().failure(new IOException(), 8);
            assertThat(breaker.totals()).isEqualTo(totals(1, 1, 0, 0));
        }

        @Test
        void areAddedUpWhenSlowCallsAreMeasured() {
            LocalCircuit timed =
                    new LocalCircuit(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofNanos(9)));
            timed.succeeds(1, Duration.ofNanos(7)).succeeds(1, Duration.ofNanos(10));
            timed.fails(1, Duration.ofNanos(8)).fails(1, Duration.ofNanos(20));
            assertThat(timed.breaker.totals()).isEqualTo(new BreakerTotals(2, 2, 0, 2, 0, 0, 17, 28));
        }

        @Test
        void areAddedUpOfProbesAndUnderOverridesToo() {
            LocalCircuit timed = new LocalCircuit(fragile().slowCallDurationThreshold(Duration.ofNanos(9)));
            timed.fails(1, Duration.ofNanos(1)).afterSeconds(30).succeeds(1, Duration.ofNanos(2));
            timed.breaker.disable("", "ann", null);
            timed.succeeds(1, Duration.ofNanos(40)).fails(1, Duration.ofNanos(500));
            assertThat(timed.breaker.totals()).isEqualTo(new BreakerTotals(2, 2, 0, 2, 0, 0, 42, 501));
        }

        @Test
        void areMeasuredOnRequestWithoutAnySlowCallThreshold() throws Exception {
            ManualTicker ticker = new ManualTicker();
            List<Long> told = new ArrayList<>();
            BreakerRegistry timed = BreakerRegistry.builder()
                    .ticker(ticker)
                    .timed(true)
                    .listener(new BreakerListener() {
                        @Override
                        public void onSuccess(BreakerEvent.Success event) {
                            told.add(event.nanos());
                        }
                    })
                    .build();
            Breaker breaker = timed.breaker("partner");
            breaker.run(() -> ticker.advance(Duration.ofNanos(7)));
            assertThat(told).containsExactly(7L);
            assertThat(breaker.totals()).isEqualTo(new BreakerTotals(1, 0, 0, 0, 0, 0, 7, 0));
        }
    }

    @Test
    void openCircuitsAddNothingButRejections() {
        circuit.fails(1);
        BreakerTotals before = circuit.breaker.totals();
        circuit.afterSeconds(29);
        assertThat(circuit.state()).isEqualTo(OPEN);
        assertThat(circuit.breaker.totals()).isEqualTo(before);
    }
}
