package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Instances whose clocks began at very different times behave as those whose clocks agree (G9). */
class ClockSkewTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration CENTURY = DAY.multipliedBy(36_500);

    static Stream<List<Duration>> clocks() {
        return Stream.of(
                List.of(Duration.ofSeconds(1000), DAY, CENTURY),
                List.of(CENTURY, Duration.ZERO, DAY),
                List.of(DAY, CENTURY.multipliedBy(2), Duration.ZERO));
    }

    /** The store's clock and those of two instances. */
    @ParameterizedTest
    @MethodSource("clocks")
    void changesNothing(List<Duration> clocks) {
        List<Duration> agreeing = List.of(Duration.ofSeconds(1000), Duration.ofSeconds(1000), Duration.ofSeconds(1000));

        assertThat(new Life(clocks).live()).isEqualTo(new Life(agreeing).live());
    }

    /** One after another all that depends on time, and what each instance makes of it. */
    private static final class Life {

        private static final Duration STEP = Duration.ofMillis(50);

        private final List<ManualTicker> tickers = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private final List<String> seen = new ArrayList<>();
        private final InMemoryStore store;

        Life(List<Duration> clocks) {
            clocks.forEach(began -> {
                ManualTicker ticker = new ManualTicker();
                ticker.advance(began);
                tickers.add(ticker);
            });
            store = new InMemoryStore(tickers.get(0));
            BreakerConfig config = BreakerConfig.builder()
                    .consecutiveFailureThreshold(4)
                    .waitDurationInOpenState(Duration.ofSeconds(15))
                    .permittedNumberOfCallsInHalfOpenState(2)
                    .probeLease(Duration.ofSeconds(5))
                    .build();
            for (int i = 1; i < tickers.size(); i++) {
                nodes.add(new Node("node-" + i, tickers.get(i), store, config));
            }
        }

        List<String> live() {
            after(Duration.ofSeconds(2));
            countsLeaveTheWindow();
            aSuccessEndsAStreakByItsAge();
            opensTogether();
            staysOpenThoughTheStoreForgets();
            leasesProbesUntilTheyEnd();
            overridesUntilTheyExpire();
            return seen;
        }

        private void countsLeaveTheWindow() {
            nodes.get(0).fails(1).succeeds(4);
            nodes.get(1).succeeds(3);
            after(Duration.ofSeconds(4));
            look("counted");
            after(Duration.ofSeconds(8));
            look("forgotten");
        }

        private void aSuccessEndsAStreakByItsAge() {
            nodes.get(0).fails(3);
            after(Duration.ofSeconds(2));
            nodes.get(1).succeeds(1);
            after(Duration.ofSeconds(2));
            nodes.get(0).fails(3);
            after(Duration.ofSeconds(2));
            look("streak ended");
            nodes.get(1).succeeds(1);
            after(Duration.ofSeconds(20));
        }

        private void opensTogether() {
            nodes.get(0).fails(2);
            after(Duration.ofSeconds(1));
            nodes.get(1).fails(2);
            after(Duration.ZERO);
            look("opened");
            after(Duration.ofSeconds(5));
            look("open for a while");
        }

        private void staysOpenThoughTheStoreForgets() {
            store.clear();
            after(Duration.ofSeconds(5));
            look("put back");
            after(Duration.ofSeconds(4));
            seen.add("rejects " + nodes.stream().map(Node::isRejected).toList());
            after(Duration.ofSeconds(3));
        }

        private void leasesProbesUntilTheyEnd() {
            Permit lost = nodes.get(0).breaker.tryAcquire();
            Permit alsoLost = nodes.get(1).breaker.tryAcquire();
            seen.add("leased " + (lost != null) + (alsoLost != null));
            after(Duration.ofSeconds(4));
            seen.add("still leased " + nodes.stream().map(Node::isRejected).toList());
            after(Duration.ofSeconds(2));
            fails(lost);
            look("leases over");
            nodes.forEach(node -> node.succeeds(1));
            after(Duration.ofSeconds(1));
            look("closed");
        }

        private static void fails(@Nullable Permit permit) {
            if (permit != null) {
                permit.failure(new IOException("late"), 0);
            }
        }

        private void overridesUntilTheyExpire() {
            nodes.get(1).breaker.forceOpen("maintenance", "ann", Duration.ofSeconds(10));
            after(Duration.ofSeconds(4));
            look("forced");
            nodes.get(0).breaker.metricsOnly("watching", "bob", Duration.ofSeconds(10));
            after(Duration.ofSeconds(8));
            look("watched");
            after(Duration.ofSeconds(3));
            look("expired");
        }

        /* All clocks are as fast as each other, and no single one drives the rest. */
        private void after(Duration time) {
            tickers.forEach(ticker -> ticker.advance(Duration.ZERO));
            for (Duration left = time; !left.isZero(); left = left.minus(STEP)) {
                tickers.forEach(ticker -> ticker.advance(STEP));
            }
        }

        private void look(String when) {
            for (Node node : nodes) {
                BreakerSnapshot snapshot = node.breaker.snapshot();
                BreakerSnapshot.ActiveOverride override = snapshot.override();
                seen.add(String.join(
                        " ",
                        when,
                        snapshot.state().name(),
                        snapshot.counts().toString(),
                        "open for " + snapshot.timeLeftOpen(),
                        override == null ? "" : "for " + override.since() + ", " + override.expiresIn() + " left",
                        snapshot.sharing().name(),
                        node.transitions.size() + " transitions"));
            }
        }
    }
}
