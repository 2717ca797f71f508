package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.ProbeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SharedHealthProbeTest {

    private static final int SIZE = 5;

    private final CheckedPartner partner = new CheckedPartner();

    @AfterEach
    void nothingBrokeDuringAnyCheck() {
        partner.assertNothingBroke();
    }

    private static BreakerConfig.Builder threeInARow() {
        return BreakerConfig.builder()
                .consecutiveFailureThreshold(3)
                .permittedNumberOfCallsInHalfOpenState(2)
                .waitDurationInOpenState(Duration.ofSeconds(15))
                .exponentialBackoffMultiplier(2);
    }

    private Cluster open() {
        return open(threeInARow().healthProbe(partner));
    }

    private static Cluster open(BreakerConfig.Builder config) {
        Cluster cluster = new Cluster(SIZE, config);
        cluster.node(0).fails(3);
        assertAll(cluster, OPEN);
        return cluster;
    }

    private static void assertAll(Cluster cluster, BreakerState state) {
        assertThat(cluster.states()).isEqualTo(Collections.nCopies(cluster.nodes.size(), state));
    }

    private static void assertAllReject(Cluster cluster) {
        assertThat(cluster.nodes).allMatch(Node::isRejected);
    }

    private static void assertTimeLeftOpen(Cluster cluster, Duration left) {
        assertThat(cluster.nodes)
                .allSatisfy(node ->
                        assertThat(node.breaker.snapshot().timeLeftOpen()).isEqualTo(left));
    }

    @Nested
    class Election {

        @Test
        void letsOneInstanceAskAndClosesAll() {
            partner.down = false;
            Cluster cluster = open().afterSeconds(15);
            assertThat(partner.checks).isOne();
            assertAll(cluster, CLOSED);
            assertThat(cluster.announced())
                    .extracting(BreakerEvent.Transition::to)
                    .containsExactly(OPEN, CLOSED);
        }

        @Test
        void letsOneInstanceAskPerWaitWhileThePartnerIsDown() {
            Cluster cluster = open().afterSeconds(15);
            assertThat(partner.checks).isOne();
            assertTimeLeftOpen(cluster, Duration.ofSeconds(30));
            cluster.afterSeconds(29);
            assertThat(partner.checks).isOne();
            cluster.afterSeconds(1);
            assertThat(partner.checks).isEqualTo(2);
            assertTimeLeftOpen(cluster, Duration.ofMinutes(1));
            assertAll(cluster, OPEN);
            assertThat(cluster.nodes)
                    .allSatisfy(node -> assertThat(node.transitions).hasSize(1));
        }

        @Test
        void waitsUntilItIsKnownWhetherTheWholeClusterOpens() {
            partner.down = false;
            Cluster cluster = new Cluster(
                    SIZE, threeInARow().healthProbe(partner).waitDurationInOpenState(Duration.ofMillis(10)));
            cluster.afterSeconds(1);
            cluster.store.fault = Fault.HELD;
            cluster.node(0).fails(3);
            cluster.after(Duration.ofMillis(200));
            assertThat(partner.checks).isZero();
            cluster.store.proceed();
            assertAll(cluster.afterSeconds(2), CLOSED);
            assertThat(partner.checks).isOne();
        }

        @Test
        void admitsNoCallAnywhere() {
            Cluster cluster = open();
            partner.during = () -> {
                cluster.afterSeconds(5);
                assertAllReject(cluster);
                assertAll(cluster, OPEN);
            };
            cluster.afterSeconds(15);
            assertAllReject(cluster);
            assertThat(partner.checks).isOne();
        }

        @Test
        void tellsARejectedCallOfNoTimeWhileItIsAwaited() {
            Cluster cluster = open();
            assertThat(cluster.node(1).rejection().retryAfter()).isEqualTo(Duration.ofSeconds(15));
            partner.during = () -> {
                assertTimeLeftOpen(cluster, Duration.ZERO);
                assertThat(cluster.nodes)
                        .allSatisfy(node ->
                                assertThat(node.rejection().retryAfter()).isNull());
            };
            cluster.afterSeconds(15);
            assertThat(cluster.node(1).rejection().retryAfter()).isEqualTo(Duration.ofSeconds(30));
        }

        @Test
        void costsAFewRequestsOfTheStoreHoweverManyCallsAreRejected() {
            Cluster cluster = open();
            partner.during = () -> {
                cluster.store.operations.clear();
                for (int i = 0; i < 50; i++) {
                    cluster.after(Duration.ofMillis(100));
                    assertAllReject(cluster);
                }
                assertThat(cluster.store.count("permit")).isBetween(4L, 30L);
            };
            cluster.afterSeconds(15);
            assertThat(partner.checks).isOne();
        }

        @Test
        void fallsToAnotherInstanceWhenTheLeaseOfAKilledOneEnds() {
            partner.down = false;
            Cluster cluster = open();
            cluster.store.affected = "permit"::equals;
            cluster.store.fault = Fault.HELD;
            cluster.afterSeconds(15);
            assertThat(cluster.memory
                            .permit("partner", ProbeRequest.health("k", "killed", Duration.ofSeconds(10)))
                            .toCompletableFuture()
                            .join()
                            .granted())
                    .isTrue();
            cluster.store.proceed();
            cluster.after(Duration.ofMillis(9_900));
            assertThat(partner.checks).isZero();
            assertAllReject(cluster);
            cluster.afterSeconds(2);
            assertThat(partner.checks).isOne();
            assertAll(cluster, CLOSED);
        }

        @Test
        void fallsToAnotherInstanceWhenTheElectedOneShutsDown() {
            Cluster cluster = new Cluster(0, threeInARow());
            List<CheckedPartner> partners = new ArrayList<>();
            for (int i = 0; i < SIZE; i++) {
                CheckedPartner own = new CheckedPartner();
                BreakerConfig config = threeInARow().healthProbe(own).build();
                Node node = new Node("node-" + i, cluster.ticker, cluster.store, config);
                cluster.nodes.add(node);
                partners.add(own);
                own.during = () -> {
                    cluster.nodes.remove(node);
                    node.registry.close();
                    partners.forEach(partner -> partner.during = () -> {});
                    partners.forEach(partner -> partner.down = false);
                    cluster.afterSeconds(2);
                    assertAll(cluster, CLOSED);
                };
            }
            cluster.node(0).fails(3);
            assertAll(cluster.afterSeconds(15), CLOSED);
            partners.forEach(CheckedPartner::assertNothingBroke);
            assertThat(partners.stream().mapToInt(partner -> partner.checks).sum())
                    .isEqualTo(2);
        }

        @Test
        void givesALeaseBackThatComesTooLate() {
            partner.down = false;
            Cluster cluster = open();
            cluster.store.affected = "permit"::equals;
            cluster.store.fault = Fault.HELD;
            cluster.afterSeconds(15);
            cluster.afterSeconds(11);
            assertThat(partner.checks).isZero();
            cluster.store.proceed();
            cluster.afterSeconds(2);
            assertThat(partner.checks).isOne();
            assertAll(cluster, CLOSED);
        }
    }

    @Nested
    class Success {

        @Test
        void isAskedAgainAfterTheStoreLostAHalfOpenStay() {
            partner.down = false;
            Cluster cluster = open(threeInARow()
                            .healthProbe(partner)
                            .healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN))
                    .afterSeconds(15);
            assertAll(cluster, HALF_OPEN);
            cluster.memory.clear();
            cluster.afterSeconds(2);
            assertThat(partner.checks).isEqualTo(2);
            cluster.node(0).succeeds(2);
            assertAll(cluster, CLOSED);
        }

        @Test
        void letsCallsOfAllInstancesDecideIfSoConfigured() {
            partner.down = false;
            Cluster cluster = open(threeInARow()
                            .healthProbe(partner)
                            .healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN))
                    .afterSeconds(15);
            assertAll(cluster, HALF_OPEN);
            assertThat(partner.checks).isOne();
            Permit one = cluster.node(1).breaker.acquire();
            Permit other = cluster.node(2).breaker.acquire();
            assertAllReject(cluster);
            one.success(0);
            other.success(0);
            assertAll(cluster, CLOSED);
        }
    }

    @Nested
    class HalfOpen {

        @Test
        void isNotBegunByACallOfAnInstanceThatHasNotHeardThatTheCircuitIsOpenAgain() {
            partner.down = false;
            Cluster cluster = open(threeInARow()
                            .healthProbe(partner)
                            .healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN)
                            .permittedNumberOfCallsInHalfOpenState(1)
                            .exponentialBackoffMultiplier(1)
                            .waitDurationInOpenState(Duration.ofMillis(10)))
                    .after(Duration.ofMillis(10));
            assertAll(cluster, HALF_OPEN);
            cluster.store.deaf = true;
            partner.down = true;
            partner.during = () -> {
                assertThat(cluster.node(1).state()).isEqualTo(HALF_OPEN);
                assertThat(cluster.node(1).isRejected()).isTrue();
            };
            cluster.node(0).fails(1);
            cluster.after(Duration.ofMillis(10));
            assertThat(partner.checks).isEqualTo(2);
        }
    }

    @Nested
    class HungCheck {

        @Test
        void countsAsFailedAndLeavesTheNextToAnotherInstance() {
            Cluster cluster = open();
            partner.during = () -> {
                cluster.afterSeconds(10);
                assertTimeLeftOpen(cluster, Duration.ofSeconds(30));
                partner.down = false;
                cluster.afterSeconds(30);
                assertThat(partner.checks).isEqualTo(2);
                assertAll(cluster, CLOSED);
            };
            cluster.afterSeconds(15);
            assertThat(partner.checks).isEqualTo(2);
            assertAll(cluster.afterSeconds(2), CLOSED);
        }

        @Test
        void leavesNoCallToProbeAsLongAsAnotherInstanceCan() {
            Cluster cluster = open();
            partner.during = () -> {
                cluster.afterSeconds(10 + 30);
                partner.during = () -> {
                    cluster.after(Duration.ofMillis(9_900));
                    assertAllReject(cluster);
                };
                cluster.afterSeconds(60);
                assertThat(partner.checks).isEqualTo(3);
                assertAllReject(cluster);
            };
            cluster.afterSeconds(15);
        }

        @Test
        void leavesProbingToCallsWhenItDoesNotEndOnAnyInstance() {
            Cluster cluster = open(threeInARow().healthProbe(partner).exponentialBackoffMultiplier(1));
            hangOnTheNext(SIZE, cluster, () -> {
                assertThat(partner.checks).isEqualTo(SIZE);
                cluster.afterSeconds(10 + 15 + 10);
                assertAllReject(cluster);
                cluster.afterSeconds(1);
                assertThat(cluster.node(3).isRejected()).isFalse();
                assertAll(cluster, HALF_OPEN);
                cluster.node(1).succeeds(1);
                cluster.node(2).succeeds(1);
                assertAll(cluster, CLOSED);
            });
            cluster.afterSeconds(15);
            assertThat(partner.checks).isEqualTo(SIZE);
        }

        /* Each check begins while those before it still run, as none of them ends. */
        private void hangOnTheNext(int instances, Cluster cluster, Runnable then) {
            partner.during = () -> {
                if (instances > 1) {
                    hangOnTheNext(instances - 1, cluster, then);
                    cluster.afterSeconds(10 + 15);
                } else {
                    then.run();
                }
            };
        }
    }

    @Nested
    class LateResult {

        @Test
        void doesNotOverruleAResetOfAnotherInstance() {
            Cluster cluster = open();
            partner.during = () -> cluster.node(4).breaker.reset("repaired", "ops");
            cluster.afterSeconds(15);
            assertThat(partner.checks).isOne();
            assertAll(cluster.afterSeconds(2), CLOSED);
        }

        @Test
        void doesNotOverruleAnInstanceThatKnowsNoHealthProbes() {
            Cluster cluster = open();
            Node old =
                    new Node("old", cluster.ticker, cluster.store, threeInARow().build());
            cluster.nodes.add(old);
            cluster.afterSeconds(1);
            Permit[] call = new Permit[1];
            partner.during = () -> {
                call[0] = old.breaker.tryAcquire();
                assertAll(cluster, HALF_OPEN);
            };
            cluster.afterSeconds(14);
            assertAll(cluster.afterSeconds(2), HALF_OPEN);
            call[0].success(0);
            old.succeeds(1);
            assertAll(cluster, CLOSED);
        }
    }

    @Nested
    class WithoutTheStore {

        @Test
        void everyInstanceAsksAndClosesByItself() {
            partner.down = false;
            Cluster cluster = open();
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(15);
            assertThat(partner.checks).isEqualTo(SIZE);
            assertAll(cluster, CLOSED);
            cluster.store.fault = Fault.NONE;
            assertAll(cluster.afterSeconds(10), CLOSED);
            assertThat(cluster.join().state()).isEqualTo(CLOSED);
        }

        @Test
        void everyInstanceStaysOpenWhileThePartnerIsDown() {
            Cluster cluster = open();
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(15);
            assertTimeLeftOpen(cluster, Duration.ofSeconds(30));
            assertAllReject(cluster);
            cluster.store.fault = Fault.NONE;
            assertAll(cluster.afterSeconds(10), OPEN);
            assertThat(partner.checks).isEqualTo(SIZE);
            partner.down = false;
            assertAll(cluster.afterSeconds(30), CLOSED);
            assertThat(partner.checks).isEqualTo(SIZE + 1);
        }

        @Test
        void everyInstanceAsksIfTheStoreHangsWhenAsked() {
            partner.down = false;
            Cluster cluster = open().afterSeconds(14);
            cluster.store.fault = Fault.HUNG;
            cluster.afterSeconds(6);
            assertAll(cluster, CLOSED);
        }

        @Test
        void whatTheElectedOneFindsOutIsNotLost() {
            partner.down = false;
            Cluster cluster = open();
            partner.during = () -> cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(17);
            assertAll(cluster, CLOSED);
        }

        @Test
        void noCallIsAdmittedThatTheStoreCouldNotAnswer() {
            Cluster cluster = open(
                    threeInARow().healthProbe(partner).healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN));
            cluster.store.fault = Fault.DOWN;
            partner.during = () -> assertAllReject(cluster.after(Duration.ofMillis(5)));
            cluster.afterSeconds(15);
            assertThat(partner.checks).isEqualTo(SIZE);
            assertAllReject(cluster);
            assertAll(cluster, OPEN);
        }
    }

    @Nested
    class Isolated {

        @Test
        void onlyTheSickInstanceAsks() {
            Cluster cluster = new Cluster(
                    2,
                    BreakerConfig.builder()
                            .minimumNumberOfCalls(10)
                            .waitDurationInOpenState(Duration.ofSeconds(15))
                            .healthProbe(partner));
            cluster.node(0).succeeds(100);
            cluster.afterSeconds(1);
            cluster.node(1).fails(10);
            cluster.afterSeconds(1);
            assertThat(cluster.states()).containsExactly(CLOSED, OPEN);
            partner.down = false;
            assertThat(cluster.afterSeconds(15).states()).containsExactly(CLOSED, CLOSED);
            assertThat(partner.checks).isOne();
            assertThat(cluster.node(0).transitions).isEmpty();
        }
    }

    @Test
    void isReplacedByCallsWhereItIsNotConfigured() {
        Cluster cluster = open(threeInARow()).afterSeconds(15);
        assertThat(cluster.node(0).isRejected()).isFalse();
    }
}
