package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.DISABLED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.FaultyStore.Fault;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitialStateTest {

    private static BreakerConfig.Builder starting(BreakerState state) {
        return LocalCircuit.fragile().initialState(state);
    }

    @Nested
    class Alone {

        @ParameterizedTest
        @EnumSource
        void decidesFromTheFirstCallOnAndIsNoTransition(BreakerState state) {
            LocalCircuit circuit = new LocalCircuit(starting(state));
            assertThat(circuit.state()).isEqualTo(state);
            assertThat(circuit.rejects()).isEqualTo(state == OPEN || state == FORCED_OPEN);
            assertThat(circuit.transitions).isEmpty();
        }

        @Test
        void openWaitsForTheFirstProbes() {
            LocalCircuit circuit = new LocalCircuit(starting(OPEN));
            assertThat(circuit.breaker.snapshot().cause()).isEqualTo("initial state");
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
            assertThat(circuit.afterSeconds(30).succeeds(2).state()).isEqualTo(CLOSED);
        }

        @Test
        void openIsProbedInTheBackgroundIfSoConfigured() {
            CheckedPartner partner = new CheckedPartner();
            partner.down = false;
            LocalCircuit circuit = new LocalCircuit(starting(OPEN).healthProbe(partner)).afterSeconds(30);
            assertThat(partner.checks).isOne();
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void halfOpenMakesItsProbes() {
            LocalCircuit circuit = new LocalCircuit(starting(HALF_OPEN));
            assertThat(circuit.succeeds(2).state()).isEqualTo(CLOSED);
        }

        @Test
        void halfOpenOpensWithTheFirstWaitIfItsProbesFail() {
            LocalCircuit circuit = new LocalCircuit(starting(HALF_OPEN).exponentialBackoffMultiplier(2)).fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void halfOpenIsGivenUpWhenItLastsTooLong() {
            LocalCircuit circuit =
                    new LocalCircuit(starting(HALF_OPEN).maxWaitDurationInHalfOpenState(Duration.ofSeconds(5)));
            assertThat(circuit.afterSeconds(5).state()).isEqualTo(OPEN);
        }

        @ParameterizedTest
        @EnumSource(names = {"FORCED_OPEN", "DISABLED", "METRICS_ONLY"})
        void ofAnOverrideHoldsUntilItIsReleased(BreakerState state) {
            LocalCircuit circuit = new LocalCircuit(starting(state)).afterSeconds(100_000);
            BreakerSnapshot.ActiveOverride override =
                    Objects.requireNonNull(circuit.breaker.snapshot().override());
            assertThat(override.state()).isEqualTo(state);
            assertThat(override.reason()).isEqualTo("initial state");
            circuit.breaker.release("ready", "ops");
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }
    }

    @Nested
    class Shared {

        @ParameterizedTest
        @EnumSource(names = {"OPEN", "HALF_OPEN"})
        void becomesTheClustersIfNothingElseIsKnown(BreakerState state) {
            Cluster cluster = new Cluster(2, starting(state));
            assertThat(cluster.afterSeconds(2).states()).containsExactly(state, state);
            assertThat(cluster.node(0).breaker.snapshot().epoch()).isPositive();
            assertThat(cluster.nodes)
                    .allSatisfy(node ->
                            assertThat(node.breaker.snapshot().stateScope()).isEqualTo(BreakerScope.CLUSTER));
            assertThat(cluster.announced()).isEmpty();
        }

        @Test
        void openIsLeftByAllTogether() {
            Cluster cluster = new Cluster(2, starting(OPEN)).afterSeconds(30);
            cluster.node(0).succeeds(2);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
            assertThat(cluster.join().breaker.config().initialState()).isEqualTo(OPEN);
            assertThat(cluster.afterSeconds(2).states()).containsExactly(CLOSED, CLOSED, CLOSED);
        }

        @Test
        void halfOpenHasTheClustersProbes() {
            Cluster cluster = new Cluster(3, starting(HALF_OPEN)).afterSeconds(1);
            Permit one = cluster.node(0).breaker.acquire();
            Permit other = cluster.node(1).breaker.acquire();
            assertThat(cluster.node(2).isRejected()).isTrue();
            one.success(0);
            other.success(0);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED, CLOSED);
        }

        @ParameterizedTest
        @EnumSource(names = {"OPEN", "HALF_OPEN"})
        void givesWayToWhatTheClusterKnows(BreakerState state) {
            Cluster cluster = new Cluster(1, starting(state)).afterSeconds(1);
            cluster.node(0).breaker.reset("ready", "ops");
            assertThat(cluster.join().state()).isEqualTo(CLOSED);
            assertThat(cluster.afterSeconds(2).states()).containsExactly(CLOSED, CLOSED);
        }

        @Test
        void holdsLocallyUntilTheStoreAnswersAndIsProposedThen() {
            Cluster cluster = new Cluster(0, starting(OPEN));
            cluster.store.fault = Fault.DOWN;
            cluster.join();
            cluster.join();
            assertThat(cluster.afterSeconds(10).states()).containsExactly(OPEN, OPEN);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.nodes)
                    .allSatisfy(
                            node -> assertThat(node.breaker.snapshot().epoch()).isPositive());
            assertThat(cluster.node(1).breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(15));
        }

        @Test
        void isNotProposedOnceThisInstanceHasLeftIt() {
            Cluster cluster = new Cluster(0, starting(OPEN));
            cluster.store.fault = Fault.DOWN;
            cluster.join();
            cluster.afterSeconds(30).node(0).succeeds(2);
            cluster.store.fault = Fault.NONE;
            assertThat(cluster.afterSeconds(10).states()).containsExactly(CLOSED);
        }

        @ParameterizedTest
        @EnumSource(names = {"FORCED_OPEN", "DISABLED", "METRICS_ONLY"})
        void ofAnOverrideIsNotWrittenToTheStore(BreakerState state) {
            Cluster cluster = new Cluster(2, starting(state)).afterSeconds(10);
            assertThat(cluster.states()).containsExactly(state, state);
            assertThat(cluster.store.count("override")).isZero();
            Cluster.Node other = new Cluster.Node("other", cluster.ticker, cluster.store, BreakerConfig.defaults());
            cluster.afterSeconds(2);
            assertThat(other.state()).isEqualTo(CLOSED);
        }

        @Test
        void ofAnOverrideIsReplacedByAnOperatorsOnAllInstances() {
            Cluster cluster = new Cluster(2, starting(FORCED_OPEN)).afterSeconds(1);
            cluster.node(0).breaker.disable("hurry", "ops", null);
            assertThat(cluster.afterSeconds(2).states()).containsExactly(DISABLED, DISABLED);
            assertThat(cluster.join().state()).isEqualTo(DISABLED);
        }

        @Test
        void ofAnOverrideIsReleasedOnAllInstancesAndThoseToCome() {
            Cluster cluster = new Cluster(2, starting(METRICS_ONLY)).afterSeconds(1);
            cluster.node(1).breaker.release("ready", "ops");
            assertThat(cluster.afterSeconds(2).states()).containsExactly(CLOSED, CLOSED);
            cluster.join();
            assertThat(cluster.afterSeconds(2).states()).containsExactly(CLOSED, CLOSED, CLOSED);
        }

        @Test
        void ofAnOverrideStaysWhenTheStoreLosesItsData() {
            Cluster cluster = new Cluster(2, starting(FORCED_OPEN)).afterSeconds(1);
            cluster.memory.clear();
            assertThat(cluster.afterSeconds(5).states()).containsExactly(FORCED_OPEN, FORCED_OPEN);
        }
    }
}
