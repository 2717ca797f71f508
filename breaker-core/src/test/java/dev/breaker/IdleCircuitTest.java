package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdleCircuitTest {

    @Nested
    class IdleTime {

        private final LocalCircuit circuit = new LocalCircuit(fragile());

        private void afterTenSeconds() {
            circuit.afterSeconds(10);
        }

        @Test
        void beginsWithTheCircuit() {
            afterTenSeconds();
            assertThat(circuit.breaker.idleFor()).isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void beginsAnewWithTheTickThatFindsACall() {
            afterTenSeconds();
            circuit.succeeds(1);
            circuit.after(Duration.ofMillis(350));
            assertThat(circuit.breaker.idleFor()).isEqualTo(Duration.ofMillis(250));
        }

        @Test
        void endsWithEveryKindOfOutcome() {
            afterTenSeconds();
            circuit.breaker.acquire().ignore();
            assertUsed();
            circuit.fails(1);
            assertUsed();
            circuit.rejects();
            assertUsed();
            circuit.afterSeconds(20);
            circuit.succeeds(1);
            assertUsed();
            circuit.breaker.disable("", "ann", null);
            circuit.succeeds(1);
            assertUsed();
        }

        private void assertUsed() {
            circuit.after(Duration.ofMillis(100));
            assertThat(circuit.breaker.idleFor()).isZero();
            afterTenSeconds();
            assertThat(circuit.breaker.idleFor()).isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void doesNotEndByLookingAtTheCircuit() {
            afterTenSeconds();
            circuit.breaker.snapshot();
            circuit.breaker.totals();
            afterTenSeconds();
            assertThat(circuit.breaker.idleFor()).isEqualTo(Duration.ofSeconds(20));
        }
    }

    @Nested
    class Polls {

        private final Cluster cluster = new Cluster(1, fragile(), true);
        private final Node node = cluster.node(0);

        private static long syncsIn(Cluster cluster, Duration time) {
            long before = cluster.store.count("sync");
            cluster.after(time);
            return cluster.store.count("sync") - before;
        }

        private long syncsIn(Duration time) {
            return syncsIn(cluster, time);
        }

        @Test
        void comeEverySecondForAMinute() {
            assertThat(syncsIn(Duration.ofMinutes(1))).isGreaterThan(50);
        }

        @Test
        void comeLessAndLessOftenButAtLeastTwiceAMinute() {
            cluster.afterSeconds(70);
            long soon = syncsIn(Duration.ofMinutes(1));
            cluster.after(Duration.ofMinutes(10));
            long late = syncsIn(Duration.ofMinutes(10));
            assertThat(soon).isBetween(4L, 10L);
            assertThat(late).isBetween(18L, 24L);
        }

        @ParameterizedTest
        @EnumSource(names = {"FORCED_OPEN", "DISABLED", "METRICS_ONLY"})
        void comeAsSeldomWhereTheConfigurationOverridesTheCircuit(BreakerState state) {
            Cluster overridden = new Cluster(1, fragile().initialState(state), true);
            overridden.after(Duration.ofMinutes(10));
            assertThat(syncsIn(overridden, Duration.ofMinutes(10))).isBetween(18L, 24L);
            overridden.node(0).breaker.disable("", "ann", null);
            assertThat(syncsIn(overridden, Duration.ofSeconds(50))).isGreaterThan(40);
        }

        @Test
        void comeAsOftenAsBeforeWithTheFirstCall() {
            cluster.after(Duration.ofMinutes(10));
            node.succeeds(1);
            assertThat(syncsIn(Duration.ofMillis(100))).isEqualTo(1);
            assertThat(syncsIn(Duration.ofSeconds(50))).isGreaterThan(40);
        }

        @Test
        void comeAsOftenAsBeforeWithNewsOfAnotherInstance() {
            Node other = cluster.join();
            cluster.after(Duration.ofMinutes(10));
            other.breaker.reset("", "ann");
            assertThat(syncsIn(Duration.ofSeconds(50))).isGreaterThan(80);
        }

        @Test
        void comeAsOftenAsEverWhileTheCircuitIsOpenOrOverridden() {
            node.fails(1);
            cluster.after(Duration.ofMinutes(10));
            assertThat(syncsIn(Duration.ofSeconds(50))).isGreaterThan(40);
            node.breaker.reset("", "ann");
            node.breaker.metricsOnly("", "ann", null);
            cluster.after(Duration.ofMinutes(10));
            assertThat(syncsIn(Duration.ofSeconds(50))).isGreaterThan(40);
        }

        @Test
        void neverComeMoreOftenThanAskedFor() {
            BreakerRegistry patient = BreakerRegistry.builder()
                    .ticker(cluster.ticker)
                    .store(cluster.store)
                    .pollInterval(Duration.ofMinutes(1))
                    .build();
            node.registry.close();
            patient.breaker("partner");
            cluster.after(Duration.ofMinutes(5));
            assertThat(syncsIn(Duration.ofMinutes(10))).isBetween(9L, 11L);
        }
    }

    @Nested
    class Guarantees {

        private final Cluster cluster = new Cluster(2, fragile(), true);
        private final Node idle = cluster.node(0);
        private final Node busy = cluster.node(1);

        Guarantees() {
            for (int minute = 0; minute < 10; minute++) {
                busy.succeeds(1);
                cluster.after(Duration.ofMinutes(1));
            }
        }

        @Test
        void anOpeningReachesAnIdleCircuitAtOnce() {
            busy.fails(1);
            assertThat(idle.state()).isEqualTo(OPEN);
        }

        @Test
        void anOverrideReachesAnIdleCircuitAtOnce() {
            busy.breaker.forceOpen("", "ann", null);
            assertThat(idle.isRejected()).isTrue();
        }

        @Test
        void anOpeningWhoseMessageIsLostReachesAnIdleCircuitInHalfAMinute() {
            cluster.store.deaf = true;
            busy.fails(1);
            assertThat(idle.state()).isEqualTo(CLOSED);
            cluster.afterSeconds(34);
            assertThat(idle.state()).isEqualTo(OPEN);
        }

        @Test
        void anOpeningWhoseMessageIsLostReachesAnIdleCircuitWithTheTickAfterItsFirstCall() {
            cluster.store.deaf = true;
            busy.fails(1);
            idle.succeeds(1);
            cluster.after(Duration.ofMillis(100));
            assertThat(idle.state()).isEqualTo(OPEN);
        }

        @Test
        void theFirstFailureAfterAWhileOpensTheCircuitOfAll() {
            idle.fails(1);
            assertThat(cluster.states()).containsOnly(OPEN);
        }

        @Test
        void whatTheStoreLosesIsPutBackInHalfAMinute() {
            busy.breaker.reset("", "ann");
            busy.registry.close();
            cluster.after(Duration.ofMinutes(10));
            long epoch = idle.breaker.snapshot().epoch();
            cluster.memory.clear();
            cluster.afterSeconds(34);
            assertThat(cluster.join().breaker.snapshot().epoch()).isEqualTo(epoch);
        }

        @Test
        void anOutageIsNoticedInHalfAMinute() {
            busy.registry.close();
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(34);
            assertThat(idle.registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
        }
    }

    @Nested
    class OldNumbers {

        @Test
        void doNotOpenACircuitThatNobodyHasUsedForLongerThanItsWindow() {
            Cluster cluster = new Cluster(
                    2,
                    BreakerConfig.builder()
                            .slidingWindowSize(5)
                            .minimumNumberOfCalls(5)
                            .failureRateThreshold(50),
                    true);
            cluster.after(Duration.ofMinutes(10));
            Node idle = cluster.node(0);
            for (int i = 0; i < 200 && idle.breaker.snapshot().counts().calls() == 0; i++) {
                cluster.node(1).succeeds(3).fails(2);
                cluster.after(Duration.ofMillis(500));
                cluster.node(1).succeeds(1);
            }
            assertThat(idle.breaker.snapshot().counts().calls()).isPositive();
            cluster.afterSeconds(6);
            assertThat(idle.breaker.snapshot().staleness()).isGreaterThan(Duration.ofSeconds(5));
            assertThat(idle.breaker.snapshot().counts().calls()).isZero();
        }
    }
}
