package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.DISABLED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.Probes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedCircuitTest {

    private static BreakerConfig.Builder threeInARow() {
        return BreakerConfig.builder()
                .consecutiveFailureThreshold(3)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(Duration.ofSeconds(15));
    }

    private static BreakerConfig.Builder halfOfTen() {
        return BreakerConfig.builder().permittedNumberOfCallsInHalfOpenState(3);
    }

    private static final Duration PUSH = Duration.ZERO;

    @Nested
    class PooledTrip {

        @Test
        void opensOnAllInstancesAfterFailuresOnOne() {
            Cluster cluster = new Cluster(3, threeInARow());
            cluster.node(0).fails(3);
            assertThat(cluster.after(PUSH).states()).containsExactly(OPEN, OPEN, OPEN);
        }

        @Test
        void opensOnFailuresThatNoInstanceSawAlone() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).fails(6);
            cluster.afterSeconds(1);
            cluster.node(1).fails(3);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
            cluster.node(1).fails(1);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void countsFailuresInARowAcrossInstances() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(2);
            cluster.afterSeconds(1);
            cluster.node(1).fails(1);
            assertThat(cluster.after(PUSH).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void rejectsTheVeryNextCallWhateverTheStoreDoes() {
            for (Fault fault : Fault.values()) {
                Cluster cluster = new Cluster(1, threeInARow());
                cluster.store.fault = fault;
                cluster.node(0).succeeds(1).fails(3);
                assertThat(cluster.node(0).isRejected()).as("%s", fault).isTrue();
            }
        }

        @Test
        void isDecidedByTheViewOfTheClusterWithoutAskingTheStore() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).fails(9);
            cluster.afterSeconds(1);
            cluster.store.fault = Fault.HUNG;
            cluster.node(1).fails(1);
            assertThat(cluster.node(1).state()).isEqualTo(OPEN);
        }

        @Test
        void countsWhatIsUnderWayToTheStore() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).fails(4);
            cluster.afterSeconds(2);
            cluster.store.fault = Fault.HELD;
            cluster.node(1).fails(3);
            cluster.after(Duration.ofMillis(300));
            cluster.node(1).fails(2);
            assertThat(cluster.node(1).state()).isEqualTo(CLOSED);
            cluster.node(1).fails(1);
            assertThat(cluster.node(1).state()).isEqualTo(OPEN);
        }

        @Test
        void neverHappensOnASuccess() {
            Cluster cluster = new Cluster(1, halfOfTen());
            cluster.node(0).fails(9).succeeds(1);
            assertThat(cluster.afterSeconds(2).states()).containsExactly(CLOSED);
            cluster.node(0).fails(1);
            assertThat(cluster.states()).containsExactly(OPEN);
        }

        @Test
        void followsWhatThePartnerAsksForOnAllInstances() {
            OutcomeClassifier classifier = new OutcomeClassifier() {
                @Override
                public Outcome classify(Object result, Throwable thrown) {
                    return Outcome.FAILURE;
                }

                @Override
                public Duration retryAfter(Throwable failure) {
                    return Duration.ofSeconds(40);
                }
            };
            Cluster cluster = new Cluster(2, halfOfTen().classifier(classifier));
            cluster.node(0).fails(1);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.node(1).breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(40));
        }

        @Test
        void opensAgainForAsLongAsThePartnerAsksAProbe() {
            OutcomeClassifier classifier = new OutcomeClassifier() {
                @Override
                public Outcome classify(Object result, Throwable thrown) {
                    return Outcome.FAILURE;
                }

                @Override
                public Duration retryAfter(Throwable failure) {
                    return Duration.ofSeconds(40);
                }
            };
            for (boolean shared : List.of(true, false)) {
                Cluster cluster =
                        new Cluster(2, halfOfTen().classifier(classifier).sharing(shared));
                cluster.node(0).fails(1);
                cluster.afterSeconds(41);
                cluster.node(0).fails(1);
                assertThat(cluster.states()).containsExactly(OPEN, shared ? OPEN : CLOSED);
                assertThat(cluster.node(0).breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(40));
            }
        }

        @Test
        void leavesEachInstanceTheCountsThatItKnewOf() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).succeeds(2).fails(4);
            cluster.afterSeconds(2);
            cluster.node(1).fails(4);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            BreakerSnapshot decider = cluster.node(1).breaker.snapshot();
            assertThat(decider.counts()).isEqualTo(new BreakerSnapshot.Counts(10, 8, 0, 8));
            assertThat(decider.countsScope()).isEqualTo(BreakerScope.CLUSTER);
            assertThat(cluster.node(0).breaker.snapshot().counts()).isEqualTo(new BreakerSnapshot.Counts(6, 4, 0, 4));
            assertThat(cluster.join().breaker.snapshot().counts().calls()).isZero();
        }

        @Test
        void isAnnouncedOnceInTheClusterAndSeenEverywhere() {
            Cluster cluster = new Cluster(5, threeInARow());
            cluster.nodes.forEach(node -> node.fails(2));
            cluster.afterSeconds(2);
            assertThat(cluster.states()).containsOnly(OPEN);
            assertThat(cluster.announced()).hasSize(1);
            assertThat(cluster.nodes)
                    .allSatisfy(node -> assertThat(node.transitions).hasSize(1));
        }

        @Test
        void isAnnouncedOnceWhenTheReplyIsLost() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.deaf = true;
            cluster.node(0).fails(2);
            cluster.afterSeconds(1);
            cluster.store.fault = Fault.REPLY_LOST;
            cluster.node(0).fails(1);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.announced()).hasSize(1);
        }

        @Test
        void isNotTakenForIsolationByAnAnswerThatCameTooEarly() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = Fault.HELD;
            cluster.node(0).succeeds(1);
            cluster.after(Duration.ofMillis(300));
            cluster.node(0).fails(3);
            cluster.store.proceed();
            cluster.afterSeconds(1);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.announced())
                    .singleElement()
                    .satisfies(transition -> assertThat(transition.scope()).isEqualTo(BreakerScope.CLUSTER));
        }

        @Test
        void reachesADeafInstanceWithItsNextPoll() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.deaf = true;
            cluster.node(0).fails(3);
            cluster.after(Duration.ofMillis(1200));
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
        }
    }

    @Nested
    class Isolation {

        @Test
        void opensOnlyTheSickInstance() {
            Cluster cluster = new Cluster(5, halfOfTen());
            cluster.nodes.subList(1, 5).forEach(node -> node.succeeds(50));
            cluster.afterSeconds(1);
            Node sick = cluster.node(0).fails(10);
            assertThat(cluster.afterSeconds(1).states()).containsExactly(OPEN, CLOSED, CLOSED, CLOSED, CLOSED);
            assertThat(sick.breaker.snapshot().stateScope()).isEqualTo(BreakerScope.INSTANCE);
            assertThat(sick.transitions).singleElement().satisfies(transition -> {
                assertThat(transition.scope()).isEqualTo(BreakerScope.INSTANCE);
                assertThat(transition.announcer()).isTrue();
            });
        }

        @Test
        void keepsNobodyWaitingForLongerThanThePartnerAsks() {
            OutcomeClassifier classifier = OutcomeRules.builder()
                    .retryAfter(thrown -> "busy".equals(thrown.getMessage()) ? Duration.ofSeconds(1) : null)
                    .build();
            Cluster cluster = new Cluster(2, halfOfTen().classifier(classifier));
            cluster.node(1).succeeds(50);
            cluster.afterSeconds(1);
            cluster.node(0).fails(9).breaker.acquire().failure(new IllegalStateException("busy"), 0);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.node(1).breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void countsAProbeThatThePartnerAnswersWithRetryAfter() {
            class Busy extends RuntimeException {
                private static final long serialVersionUID = 1L;
            }
            OutcomeClassifier classifier = OutcomeRules.builder()
                    .retryAfter(thrown -> thrown instanceof Busy ? Duration.ofSeconds(40) : null)
                    .build();
            Cluster cluster = new Cluster(
                    2,
                    halfOfTen()
                            .slidingWindowType(BreakerConfig.SlidingWindowType.COUNT_BASED)
                            .slidingWindowSize(100)
                            .classifier(classifier));
            cluster.node(1).succeeds(50);
            cluster.afterSeconds(1);
            Node sick = cluster.node(0).fails(10);
            cluster.after(sick.breaker.config().waitDurationInOpenState().plusSeconds(1));
            long failures = cluster.node(1).breaker.snapshot().counts().failures();
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED);
            sick.breaker.acquire().failure(new Busy(), 0);
            assertThat(sick.breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(40));
            cluster.afterSeconds(2);
            assertThat(cluster.node(1).breaker.snapshot().counts().failures()).isEqualTo(failures + 1);
        }

        @Test
        void opensOnlyTheSickInstanceAlsoByFailuresInARow() {
            Cluster cluster = new Cluster(3, threeInARow());
            for (int i = 0; i < 20; i++) {
                cluster.node(1).succeeds(1);
                cluster.node(2).succeeds(1);
                if (i == 10) {
                    cluster.node(0).fails(3);
                }
                cluster.after(Duration.ofMillis(100));
            }
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED, CLOSED);
        }

        @Test
        void endsWhenPeersFallSilentRightAfterASuccess() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).succeeds(1);
            cluster.node(1).succeeds(1);
            cluster.after(Duration.ofMillis(300));
            cluster.node(0).fails(3);
            assertThat(cluster.after(Duration.ofMillis(900)).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void isNotUndoneByASuccessThatAPeerReportsLate() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(1).succeeds(1);
            cluster.after(Duration.ofMillis(1));
            cluster.node(0).fails(3);
            assertThat(cluster.afterSeconds(1).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void isNotTheFateOfAnInstanceWhosePeerSucceededJustBeforeItsFailures() {
            Cluster cluster = new Cluster(2, threeInARow());
            for (int millis = 10; millis <= 400; millis += 10) {
                cluster.node(1).succeeds(1);
                cluster.after(Duration.ofMillis(millis));
                for (int i = 0; i < 3; i++) {
                    cluster.node(0).fails(1);
                    cluster.after(Duration.ofMillis(20));
                }
                assertThat(cluster.after(Duration.ofMillis(900)).states())
                        .as("%s ms between", millis)
                        .containsExactly(OPEN, OPEN);
                cluster.node(0).breaker.reset("again", "ann");
                cluster.afterSeconds(2);
            }
        }

        @Test
        void probesOnItsOwnAndComesBack() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(1).succeeds(100);
            cluster.afterSeconds(1);
            cluster.node(0).fails(10);
            cluster.afterSeconds(31);
            Node sick = cluster.node(0).succeeds(1);
            assertThat(sick.state()).isEqualTo(HALF_OPEN);
            sick.succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
            assertThat(cluster.node(1).transitions).isEmpty();
            assertThat(cluster.store.count("permit")).isZero();
        }
    }

    @Nested
    class HalfOpen {

        private Cluster openCluster(int size, BreakerConfig.Builder config) {
            Cluster cluster = new Cluster(size, config);
            cluster.nodes.forEach(node -> node.fails(10));
            cluster.afterSeconds(1);
            assertThat(cluster.states()).containsOnly(OPEN);
            return cluster;
        }

        @Test
        void admitsNProbesInTheWholeCluster() {
            Cluster cluster = openCluster(4, halfOfTen());
            cluster.afterSeconds(31);
            List<Permit> permits = acquireEverywhere(cluster, 10);
            assertThat(permits).hasSize(3);
            assertThat(cluster.states()).containsOnly(HALF_OPEN);
        }

        @Test
        void areSeenByAllInstances() {
            Cluster cluster = openCluster(2, halfOfTen());
            cluster.afterSeconds(31);
            assertThat(cluster.node(0).breaker.tryAcquire()).isNotNull();
            cluster.afterSeconds(1);
            assertThat(cluster.nodes).extracting(node -> node.breaker.probes()).containsOnly(new Probes(3, 1, 0, 0, 0));
        }

        private static List<Permit> acquireEverywhere(Cluster cluster, int times) {
            List<Permit> permits = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                cluster.nodes.stream()
                        .map(node -> node.breaker.tryAcquire())
                        .filter(Objects::nonNull)
                        .forEach(permits::add);
            }
            return permits;
        }

        @Test
        void tellsARejectedCallWhenTheNextProbeMayBeFree() {
            Cluster cluster = openCluster(2, halfOfTen().probeLease(Duration.ofSeconds(4)));
            cluster.afterSeconds(31);
            acquireEverywhere(cluster, 3);
            CallNotPermittedException rejection = cluster.node(1).rejection();
            assertThat(rejection.state()).isEqualTo(HALF_OPEN);
            assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(4));
            assertThat(cluster.afterSeconds(1).node(1).rejection().retryAfter()).isEqualTo(Duration.ofSeconds(3));
        }

        @Test
        void tellsARejectedCallOfNoTimeWhenTheStoreHasNotAnswered() {
            Cluster cluster = openCluster(2, halfOfTen().halfOpenAcquireTimeout(Duration.ZERO));
            cluster.afterSeconds(31);
            assertThat(cluster.node(0).isRejected()).isFalse();
            cluster.store.fault = Fault.HELD;
            CallNotPermittedException rejection = cluster.node(1).rejection();
            assertThat(rejection.state()).isEqualTo(HALF_OPEN);
            assertThat(rejection.retryAfter()).isNull();
        }

        @Test
        void decidesAsSoonAsTheOutcomeIsCertain() {
            Cluster cluster = openCluster(2, halfOfTen());
            cluster.afterSeconds(31);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsOnly(HALF_OPEN);
            cluster.node(1).succeeds(1);
            assertThat(cluster.states()).containsOnly(CLOSED);
            assertThat(cluster.announced()).hasSize(3);
        }

        @Test
        void opensAgainAndCountsTheOpenings() {
            Cluster cluster = openCluster(2, halfOfTen().exponentialBackoffMultiplier(2));
            cluster.afterSeconds(31);
            cluster.node(0).fails(1);
            cluster.node(1).fails(1);
            assertThat(cluster.states()).containsOnly(OPEN);
            assertThat(cluster.node(0).breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(60));
        }

        @Test
        void getsTheProbeOfADeadInstanceBack() {
            Cluster cluster = openCluster(2, threeInARow());
            cluster.afterSeconds(16);
            Permit dead = cluster.node(0).breaker.tryAcquire();
            assertThat(dead).isNotNull();
            assertThat(cluster.node(1).isRejected()).isTrue();
            cluster.afterSeconds(11);
            Permit probe = cluster.node(1).breaker.tryAcquire();
            assertThat(probe).isNotNull();
            dead.failure(new IOException("late"), 0);
            probe.success(0);
            assertThat(cluster.states()).containsOnly(CLOSED);
        }

        @Test
        void isNotProlongedBySteadyRejectedTraffic() {
            Cluster cluster = openCluster(2, threeInARow());
            cluster.afterSeconds(16);
            assertThat(cluster.node(0).breaker.tryAcquire()).isNotNull();
            int denials = 0;
            for (int i = 0; i < 120 && denials >= 0; i++) {
                cluster.after(Duration.ofMillis(100));
                denials = cluster.node(1).isRejected() ? denials + 1 : -1;
            }
            assertThat(denials).isNegative();
        }

        @Test
        void costsTheStoreNothingForRejectedCallers() {
            Cluster cluster = openCluster(2, threeInARow());
            cluster.afterSeconds(16);
            assertThat(cluster.node(0).breaker.tryAcquire()).isNotNull();
            cluster.store.operations.clear();
            for (int i = 0; i < 10_000; i++) {
                assertThat(cluster.node(1).isRejected()).isTrue();
            }
            assertThat(cluster.store.operations).containsExactly("permit");
        }

        @Test
        void givesThePermitOfAnIgnoredCallToAnother() {
            Cluster cluster = openCluster(2, threeInARow());
            cluster.afterSeconds(16);
            Objects.requireNonNull(cluster.node(0).breaker.tryAcquire()).ignore();
            assertThat(cluster.node(1).breaker.tryAcquire()).isNotNull();
        }

        @Test
        void givesThePermitOfAnIgnoredCallToAnInstanceThatWasDeniedOne() {
            Cluster cluster = openCluster(2, threeInARow().permittedNumberOfCallsInHalfOpenState(1));
            cluster.afterSeconds(16);
            Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            assertThat(cluster.node(1).isRejected()).isTrue();
            probe.ignore();
            cluster.afterSeconds(1);
            assertThat(cluster.node(1).isRejected()).isFalse();
        }

        @Test
        void countsAProbeCompletedTwiceOnce() {
            Cluster cluster = openCluster(1, halfOfTen());
            cluster.afterSeconds(31);
            Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            probe.success(0);
            probe.success(0);
            assertThat(cluster.states()).containsExactly(HALF_OPEN);
        }

        @Test
        void takesAnErrorForAFailureAndItsPermitBack() {
            Cluster cluster = openCluster(1, halfOfTen());
            cluster.afterSeconds(31);
            for (int i = 0; i < 2; i++) {
                Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
                assertThat(probe.complete(null, new StackOverflowError(), 0)).isEqualTo(Outcome.FAILURE);
            }
            assertThat(cluster.states()).containsExactly(OPEN);
        }

        @Test
        void opensAgainWhenUndecidedForTooLong() {
            Cluster cluster = openCluster(2, halfOfTen().maxWaitDurationInHalfOpenState(Duration.ofSeconds(5)));
            cluster.afterSeconds(31);
            cluster.node(0).succeeds(1);
            cluster.afterSeconds(6);
            assertThat(cluster.states()).containsOnly(OPEN);
            assertThat(cluster.announced()).hasSize(3);
        }

        @Test
        void beginsByItselfWithAutomaticTransition() {
            Cluster cluster = openCluster(3, halfOfTen().automaticTransition(true));
            cluster.afterSeconds(31);
            assertThat(cluster.states()).containsOnly(HALF_OPEN);
            assertThat(cluster.announced()).hasSize(2);
        }

        @Test
        void isDecidedByOthersWhenTheDeciderDies() {
            Cluster cluster = openCluster(2, threeInARow());
            cluster.afterSeconds(16);
            Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            cluster.memory.complete(
                    "partner",
                    cluster.node(0).breaker.snapshot().epoch(),
                    "node-0:1",
                    dev.breaker.shared.ProbeOutcome.SUCCESS);
            assertThat(probe).isNotNull();
            assertThat(cluster.afterSeconds(1).states()).containsOnly(CLOSED);
        }
    }

    @Nested
    class LateResults {

        @Test
        void ofTheClosedStayNeitherCloseNorOpenTheHalfOpenOne() {
            Cluster cluster = new Cluster(1, threeInARow());
            List<Permit> late = Stream.generate(() -> cluster.node(0).breaker.tryAcquire())
                    .limit(20)
                    .toList();
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            late.subList(0, 10).forEach(permit -> permit.success(0));
            assertThat(cluster.node(0).state()).isEqualTo(HALF_OPEN);
            late.subList(10, 20).forEach(permit -> permit.failure(new IOException(), 0));
            assertThat(cluster.node(0).state()).isEqualTo(HALF_OPEN);
            assertThat(cluster.node(0).isRejected()).isTrue();
            probe.success(0);
            assertThat(cluster.node(0).state()).isEqualTo(CLOSED);
            assertThat(cluster.node(0).breaker.snapshot().counts().calls()).isZero();
        }

        @Test
        void ofAProbeOfAnEarlierStayHaveNoEffect() {
            Cluster cluster = new Cluster(1, halfOfTen());
            cluster.node(0).fails(10);
            cluster.afterSeconds(31);
            Permit late = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            cluster.node(0).fails(2);
            assertThat(cluster.node(0).state()).isEqualTo(OPEN);
            cluster.afterSeconds(31);
            cluster.node(0).succeeds(1);
            late.success(0);
            assertThat(cluster.node(0).state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void ofAProbeOfAnEarlierStayHaveNoEffectThoughTheStoreIsAway() {
            Cluster cluster = new Cluster(1, halfOfTen().permittedNumberOfCallsInHalfOpenState(5));
            Node node = cluster.node(0).fails(10);
            cluster.afterSeconds(31);
            Permit late = Objects.requireNonNull(node.breaker.tryAcquire());
            node.fails(4);
            assertThat(node.state()).isEqualTo(OPEN);
            cluster.afterSeconds(31);
            assertThat(node.breaker.tryAcquire()).isNotNull();
            cluster.store.fault = Fault.DOWN;
            late.failure(new IOException("late"), 0);
            assertThat(node.state()).isEqualTo(HALF_OPEN);
            assertThat(node.breaker.snapshot().counts().failures()).isZero();
        }
    }

    @Nested
    class Counting {

        @Test
        void losesAndRepeatsNothingWhenRepliesAreLost() {
            Cluster cluster = new Cluster(2, BreakerConfig.builder().slidingWindowSize(600));
            for (int round = 0; round < 40; round++) {
                cluster.store.fault = round % 3 == 0 ? Fault.REPLY_LOST : round % 5 == 0 ? Fault.DOWN : Fault.NONE;
                cluster.nodes.forEach(node -> node.succeeds(7).fails(1));
                cluster.after(Duration.ofMillis(300));
            }
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(10);
            assertThat(cluster.nodes).allSatisfy(node -> {
                assertThat(node.breaker.snapshot().counts().calls()).isEqualTo(2 * 40 * 8);
                assertThat(node.breaker.snapshot().counts().failures()).isEqualTo(2 * 40);
            });
        }

        @Test
        void keepsTheLastCallsOfTheClusterInAWindowByCount() {
            Cluster cluster = new Cluster(
                    2,
                    BreakerConfig.builder()
                            .slidingWindowType(BreakerConfig.SlidingWindowType.COUNT_BASED)
                            .slidingWindowSize(100)
                            .slidingWindowSize(20));
            cluster.node(0).succeeds(15).fails(4);
            cluster.afterSeconds(1);
            cluster.node(1).succeeds(10);
            cluster.afterSeconds(2);
            assertThat(cluster.node(0).breaker.snapshot().counts()).isEqualTo(new BreakerSnapshot.Counts(20, 4, 0, 0));
        }

        @Test
        void costsCommandsByTimeAndNotByCalls() {
            assertThat(commandsFor(10)).isEqualTo(commandsFor(10_000));
        }

        @Test
        void costsCommandsByTimeThoughManyCallsFail() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder().failureRateThreshold(90));
            cluster.afterSeconds(2);
            cluster.store.operations.clear();
            for (int i = 0; i < 1000; i++) {
                cluster.node(0).succeeds(10).fails(1);
            }
            assertThat(cluster.store.operations).hasSizeLessThanOrEqualTo(2);
        }

        @Test
        void asksOnceAtATime() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder().slidingWindowSize(600));
            cluster.afterSeconds(2);
            cluster.store.operations.clear();
            cluster.store.fault = Fault.HUNG;
            for (int i = 0; i < 9; i++) {
                cluster.node(0).fails(1);
                cluster.after(Duration.ofMillis(100));
            }
            assertThat(cluster.store.operations).containsExactly("sync");
        }

        @Test
        void asksForNoMorePermitsAtATimeThanThereAre() {
            Cluster cluster = new Cluster(1, threeInARow().halfOpenAcquireTimeout(Duration.ZERO));
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.store.fault = Fault.HUNG;
            for (int i = 0; i < 100; i++) {
                assertThat(cluster.node(0).isRejected()).isTrue();
            }
            assertThat(cluster.store.count("permit")).isEqualTo(1);
        }

        private static long commandsFor(int callsPerStep) {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.store.operations.clear();
            for (int i = 0; i < 100; i++) {
                cluster.node(0).succeeds(callsPerStep);
                cluster.after(Duration.ofMillis(100));
            }
            assertThat(cluster.store.operations).hasSizeBetween(30, 50);
            return cluster.store.operations.size() / 20;
        }
    }

    @Nested
    class Degraded {

        @ParameterizedTest
        @EnumSource(
                value = Fault.class,
                names = {"DOWN", "HUNG", "REPLY_LOST", "THROWS"})
        void decidesByItsOwnWindow(Fault fault) {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = fault;
            cluster.node(0).succeeds(1);
            cluster.afterSeconds(5);
            cluster.node(0).fails(3);
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED);
            cluster.afterSeconds(16);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
        }

        @Test
        void tellsOnceThatItBeganAndOnceThatItEnded() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.store.fault = Fault.DOWN;
            for (int i = 0; i < 60; i++) {
                cluster.node(0).succeeds(1);
                cluster.afterSeconds(1);
            }
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.node(0).sharing)
                    .hasExactlyElementsOfTypes(BreakerEvent.SharingDegraded.class, BreakerEvent.SharingRecovered.class);
        }

        @Test
        void givesAnExchangeUpThatIsNeverAnswered() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.afterSeconds(1);
            cluster.store.fault = Fault.HUNG;
            cluster.node(0).fails(5);
            cluster.afterSeconds(4);
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(4);
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
            assertThat(cluster.node(1).breaker.snapshot().counts().failures()).isEqualTo(5);
        }

        @Test
        void doesNotJudgeByWhatOthersDidBeforeTheOutage() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).fails(9);
            cluster.afterSeconds(2);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(20);
            cluster.node(1).fails(1);
            assertThat(cluster.node(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void backsOffButComesBackWithinSeconds() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(60);
            cluster.store.operations.clear();
            cluster.afterSeconds(60);
            assertThat(cluster.store.operations).hasSizeBetween(25, 40);
            cluster.store.fault = Fault.NONE;
            cluster.after(Duration.ofMillis(2500));
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
        }

        @Test
        void runsAnAdoptedOpenToItsDeadlineAndProbesLocally() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(14);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.node(1).isRejected()).isTrue();
            cluster.afterSeconds(2);
            cluster.node(1).succeeds(1);
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED);
        }

        @Test
        void bringsItsRecoveryBackToTheCluster() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(20);
            cluster.node(1).succeeds(1);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
        }

        @Test
        void bringsTheWaitAfterItsFailedProbesBackToTheCluster() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(16);
            cluster.node(1).fails(1);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
            assertThat(cluster.node(0).isRejected()).isTrue();
            assertThat(cluster.node(0).breaker.snapshot().timeLeftOpen())
                    .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
        }

        @Test
        void isOneOutageAlsoWhenTheStoreRefusesOnlyToWrite() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(15);
            cluster.store.affected = operation -> !operation.equals("sync");
            cluster.store.fault = Fault.DOWN;
            for (int i = 0; i < 20; i++) {
                cluster.node(0).fails(1);
                cluster.after(Duration.ofMillis(300));
            }
            assertThat(cluster.node(0).sharing).hasSize(1);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(15);
            assertThat(cluster.node(0).sharing)
                    .hasExactlyElementsOfTypes(BreakerEvent.SharingDegraded.class, BreakerEvent.SharingRecovered.class);
        }

        @Test
        void sharesAnOpeningOfTheOutageWhenTheStoreIsBack() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(2);
            cluster.node(0).fails(3);
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(4);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void doesNotShareAnOpeningOfTheOutageThatIsOver() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(2);
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.node(0).succeeds(1);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
            assertThat(cluster.node(1).transitions).isEmpty();
        }

        @Test
        void goesOnWithAProbeWhoseReportIsLost() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            Permit probe = Objects.requireNonNull(cluster.node(0).breaker.tryAcquire());
            cluster.store.fault = Fault.DOWN;
            probe.success(0);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void probesLocallyWhenTheStoreRefusesAPermit() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.store.fault = Fault.DOWN;
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void keepsCallersOfAHalfOpenCircuitNoLongerThanTheTimeout() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.store.fault = Fault.HUNG;
            assertTimeoutPreemptively(
                    Duration.ofSeconds(10),
                    () -> assertThat(cluster.node(0).isRejected()).isTrue());
        }

        @Test
        void rejectsAnAsynchronousCallInTimeThoughItsPermitNeverComes() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.store.fault = Fault.HUNG;
            assertThat(cluster.node(0).breaker.callAsync(() -> CompletableFuture.completedFuture("offer")))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(CallNotPermittedException.class);
        }
    }

    @Nested
    class LossOfData {

        @Test
        void doesNotCloseAnOpenCircuitWhileOneInstanceLives() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(5);
            cluster.memory.clear();
            cluster.afterSeconds(2);
            Node newcomer = cluster.join();
            assertThat(newcomer.state()).isEqualTo(OPEN);
            assertThat(newcomer.breaker.snapshot().timeLeftOpen())
                    .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9));
        }

        @Test
        void duringAnOutageDoesNotLengthenTheStay() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(8);
            cluster.memory.clear();
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(4);
            assertThat(cluster.join().breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(3));
        }

        @Test
        void losesNoOverride() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            cluster.memory.clear();
            cluster.afterSeconds(2);
            assertThat(cluster.join().state()).isEqualTo(FORCED_OPEN);
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void bringsNoOverrideBackThatWasReleasedWhileAnInstanceWasCutOff(boolean deaf) {
            Cluster cluster = new Cluster(2, threeInARow(), !deaf);
            FaultyStore line = new FaultyStore(cluster.memory);
            Node cutOff =
                    new Node("cut-off", cluster.ticker, line, threeInARow().build(), !deaf);
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            assertThat(cutOff.state()).isEqualTo(FORCED_OPEN);
            line.fault = Fault.DOWN;
            cluster.node(0).breaker.release("done", "ann");
            cluster.after(Duration.ofMinutes(10));
            cluster.memory.clear();
            cluster.store.deaf = deaf;
            line.fault = Fault.NONE;
            cluster.afterSeconds(4);
            cluster.join();
            assertThat(cluster.states()).containsOnly(CLOSED);
            assertThat(cutOff.state()).isEqualTo(CLOSED);
        }

        @Test
        void losesNoOutcomeOfTheBatchUnderWay() {
            Cluster cluster =
                    new Cluster(1, BreakerConfig.builder().slidingWindowSize(60).minimumNumberOfCalls(3));
            cluster.node(0).fails(3);
            cluster.node(0).breaker.reset("test", "ann");
            cluster.memory.clear();
            cluster.node(0).succeeds(5);
            cluster.afterSeconds(2);
            assertThat(cluster.node(0).breaker.snapshot().counts().calls()).isEqualTo(5);
        }
    }

    @Nested
    class Restarts {

        @Test
        void ofAllInstancesKeepTheState() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.nodes.forEach(node -> node.registry.close());
            assertThat(cluster.join().state()).isEqualTo(OPEN);
        }

        @Test
        void keepTheCountsThatWereFlushedAtShutdown() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.node(0).succeeds(5).fails(1);
            cluster.node(0).registry.close();
            assertThat(cluster.join().breaker.snapshot().counts().calls()).isEqualTo(6);
        }

        @Test
        void keepSuccessesThatNoFailureHasCountedYet() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.node(0).fails(1).succeeds(5);
            cluster.node(0).registry.close();
            assertThat(cluster.join().breaker.snapshot().counts().calls()).isEqualTo(6);
        }

        @Test
        void keepWhatWasRecordedWhileTheLastExchangeWasUnderWay() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.afterSeconds(2);
            cluster.store.fault = Fault.HELD;
            cluster.node(0).fails(1);
            cluster.after(Duration.ofMillis(500));
            cluster.store.fault = Fault.NONE;
            cluster.node(0).succeeds(5);
            cluster.node(0).registry.close();
            assertThat(cluster.join().breaker.snapshot().counts().calls()).isEqualTo(6);
        }

        @ParameterizedTest
        @EnumSource(Fault.class)
        void endInTimeWhateverTheStoreDoes(Fault fault) {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.node(0).succeeds(5);
            cluster.store.fault = fault;
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                cluster.node(0).registry.close();
                cluster.node(0).registry.close();
            });
            cluster.node(0).fails(20);
            assertThat(cluster.node(0).state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class Overrides {

        @Test
        void holdInTheWholeCluster() {
            Cluster cluster = new Cluster(3, threeInARow());
            cluster.node(1).breaker.forceOpen("maintenance", "ann", null);
            assertThat(cluster.states()).containsOnly(FORCED_OPEN);
            cluster.node(2).breaker.metricsOnly("watching", "bob", null);
            assertThat(cluster.states()).containsOnly(METRICS_ONLY);
            cluster.node(0).breaker.disable("trust me", "cat", null);
            assertThat(cluster.states()).containsOnly(DISABLED);
            cluster.node(0).breaker.release("done", "ann");
            assertThat(cluster.states()).containsOnly(CLOSED);
        }

        @Test
        void expire() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(1).breaker.forceOpen("maintenance", "ann", Duration.ofSeconds(20));
            cluster.afterSeconds(19);
            assertThat(cluster.states()).containsOnly(FORCED_OPEN);
            cluster.afterSeconds(2);
            assertThat(cluster.states()).containsOnly(CLOSED);
        }

        @Test
        void surviveRestartsOfAllInstances() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            cluster.node(0).registry.close();
            cluster.afterSeconds(3600);
            Node next = cluster.join();
            assertThat(next.state()).isEqualTo(FORCED_OPEN);
            assertThat(Objects.requireNonNull(next.breaker.snapshot().override())
                            .reason())
                    .isEqualTo("maintenance");
        }

        @Test
        void standAboveTheAutomaticState() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.node(0).breaker.disable("try", "ann", null);
            assertThat(cluster.node(0).isRejected()).isFalse();
            cluster.node(0).fails(100);
            assertThat(cluster.node(0).breaker.snapshot().automaticState()).isEqualTo(OPEN);
            cluster.node(0).breaker.release("done", "ann");
            assertThat(cluster.states()).containsOnly(OPEN);
        }

        @Test
        void reachTheClusterLaterWhenTheStoreIsAway() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(3);
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            assertThat(cluster.states()).containsExactly(FORCED_OPEN, CLOSED);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsOnly(FORCED_OPEN);
        }

        @Test
        void countWithoutOpeningInMetricsOnly() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).breaker.metricsOnly("watching", "ann", null);
            cluster.node(0).fails(5).succeeds(5);
            assertThat(cluster.states()).containsOnly(METRICS_ONLY);
            assertThat(cluster.node(0).breaker.snapshot().counts().failureRate())
                    .isEqualTo(50);
        }
    }

    @Nested
    class Reset {

        @Test
        void leavesNoCountsOfOthersBehind() {
            Cluster cluster = new Cluster(2, halfOfTen());
            cluster.node(0).fails(9);
            cluster.afterSeconds(2);
            cluster.node(0).breaker.reset("fixed", "ann");
            cluster.store.fault = Fault.HUNG;
            cluster.node(1).fails(1);
            assertThat(cluster.node(1).state()).isEqualTo(CLOSED);
        }

        @Test
        void closesTheWholeClusterAndForgetsItsCounts() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.node(1).breaker.reset("fixed", "ann");
            assertThat(cluster.states()).containsOnly(CLOSED);
            cluster.node(0).fails(2);
            assertThat(cluster.afterSeconds(1).states()).containsOnly(CLOSED);
        }

        private Stream<BreakerEvent.Transition> closings(Cluster cluster) {
            return cluster.announced().stream().filter(event -> event.to() == CLOSED);
        }

        @Test
        void isAnnouncedOnceAsTheStayThatBegins() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.node(1).breaker.reset("fixed", "ann");
            assertThat(closings(cluster)).singleElement().satisfies(event -> {
                assertThat(event.cause()).isEqualTo("reset by ann: fixed");
                assertThat(event.scope()).isEqualTo(BreakerScope.CLUSTER);
                assertThat(event.epoch())
                        .isPositive()
                        .isEqualTo(cluster.node(0).breaker.snapshot().epoch());
            });
        }

        @Test
        void isAnnouncedByTheFirstOfTwoAndHoldsAtOnceForBoth() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.affected = "transition"::equals;
            cluster.store.fault = Fault.HELD;
            cluster.node(0).breaker.reset("fixed", "ann");
            cluster.node(1).breaker.reset("fixed", "bob");
            assertThat(cluster.states()).containsOnly(CLOSED);
            assertThat(closings(cluster)).isEmpty();
            cluster.store.proceed();
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsOnly(CLOSED);
            assertThat(closings(cluster)).hasSize(1);
        }

        @Test
        void isThatOfOneInstanceIfTheStoreTurnsOutToBeAway() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.node(0).breaker.reset("fixed", "ann");
            assertThat(closings(cluster))
                    .extracting(BreakerEvent.Transition::scope)
                    .containsExactly(BreakerScope.INSTANCE);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(closings(cluster)).hasSize(1);
        }

        @Test
        void reachesTheClusterLaterWhenTheStoreIsAway() {
            Cluster cluster = new Cluster(2, threeInARow().waitDurationInOpenState(Duration.ofHours(1)));
            cluster.node(0).fails(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(3);
            cluster.node(1).breaker.reset("fixed", "ann");
            assertThat(cluster.states()).containsExactly(OPEN, CLOSED);
            cluster.store.fault = Fault.NONE;
            assertThat(cluster.afterSeconds(5).states()).containsOnly(CLOSED);
        }
    }
}
