package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies that come late, in an unlucky order or not at all. */
class StoreTroubleTest {

    private static BreakerConfig.Builder threeInARow() {
        return BreakerConfig.builder()
                .consecutiveFailureThreshold(3)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(Duration.ofSeconds(15));
    }

    /** Opens for 40 s after any failure. */
    private static final OutcomeClassifier RETRY_AFTER = new OutcomeClassifier() {
        @Override
        public Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
            return Outcome.FAILURE;
        }

        @Override
        public Duration retryAfter(Throwable failure) {
            return Duration.ofSeconds(40);
        }
    };

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore memory = new InMemoryStore(ticker);
    private final SlowStore store = new SlowStore(memory);

    private Node node(String name, BreakerConfig.Builder config) {
        return new Node(name, ticker, store, config.build());
    }

    @Nested
    class AReset {

        @Test
        void isToldThoughTheStoreHasNotSpokenBefore() {
            ticker.advance(Duration.ofSeconds(1000));
            store.slow.add("sync");
            Node node = node("early", threeInARow().initialState(OPEN));
            node.breaker.reset("fixed", "ann");
            store.release();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(node.transitions)
                    .singleElement()
                    .matches(transition -> transition.to() == BreakerState.CLOSED && transition.announcer());
        }

        @Test
        void isToldThoughTheRegistryIsClosedBeforeTheStoreAnswers() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.store.deaf = true;
            cluster.store.affected = "transition"::equals;
            cluster.store.fault = Fault.HELD;
            cluster.node(0).breaker.reset("fixed", "ann");
            cluster.node(0).registry.close();
            assertThat(cluster.node(0).transitions)
                    .last()
                    .matches(transition -> transition.to() == BreakerState.CLOSED);
        }

        @Test
        void ofAnotherInstanceIsNotTakenForAnOpeningHere() {
            ticker.advance(Duration.ofSeconds(1000));
            new Node("other", ticker, memory, threeInARow().build())
                    .fails(3)
                    .breaker
                    .reset("fixed", "ann");
            ticker.advance(Duration.ofSeconds(10));
            store.slow.add("sync");
            Node fresh = node("fresh", threeInARow());
            fresh.fails(3);
            store.release();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(fresh.transitions).singleElement().satisfies(opening -> {
                assertThat(opening.to()).isEqualTo(OPEN);
                assertThat(opening.cause()).isEqualTo("3 failures in a row");
                assertThat(opening.announcer()).isTrue();
            });
        }
    }

    @Nested
    class Openings {

        @Test
        void forSlowCallsReachTheWholeCluster() {
            Cluster cluster = new Cluster(2, BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(1)));
            for (int i = 0; i < 10; i++) {
                Permit permit = cluster.node(0).breaker.tryAcquire();
                if (permit != null) {
                    permit.success(Duration.ofSeconds(2).toNanos());
                }
            }
            assertThat(cluster.afterSeconds(1).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void forSlowCallsNoInstanceSawAloneReachTheWholeCluster() {
            Cluster cluster = new Cluster(2, BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(1)));
            for (int i = 0; i < 10; i++) {
                Permit permit = cluster.node(i % 2).breaker.tryAcquire();
                if (permit != null) {
                    permit.success(Duration.ofSeconds(2).toNanos());
                }
            }
            assertThat(cluster.afterSeconds(1).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void areNotJudgedByAnAnswerThatCannotKnowOfThem() {
            ticker.advance(Duration.ofSeconds(1000));
            Node sick = node("sick", BreakerConfig.builder());
            ticker.advance(Duration.ofSeconds(1));
            sick.fails(5);
            store.slow.add("sync");
            ticker.advance(Duration.ofSeconds(1));
            sick.fails(5);
            assertThat(sick.state()).isEqualTo(OPEN);
            store.release();
            assertThat(sick.transitions)
                    .singleElement()
                    .satisfies(opening -> assertThat(opening.scope()).isEqualTo(BreakerScope.CLUSTER));
        }

        @Test
        void reachTheClusterWhenPeersFallSilentThoughAnOlderAnswerWasUnderWay() {
            ticker.advance(Duration.ofSeconds(1000));
            Node sick = node("sick", threeInARow());
            Node healthy = node("healthy", threeInARow());
            healthy.succeeds(1);
            ticker.advance(Duration.ofMillis(300));
            store.slow.add("sync");
            sick.fails(3);
            store.release();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(healthy.state()).isEqualTo(OPEN);
        }

        @Test
        void areSettledAtOnceThoughTheStoreHadLostWhatTheyRestOn() {
            ticker.advance(Duration.ofSeconds(1000));
            BreakerConfig.Builder config = BreakerConfig.builder().failureCountThreshold(2);
            Node other = new Node("other", ticker, memory, config.build());
            Node sick = node("sick", config);
            other.breaker.reset("moved on", "ann");
            ticker.advance(Duration.ofMillis(1550));
            memory.clear();
            store.slow.add("sync");
            store.lost.add("adopt");
            sick.fails(1);
            sick.fails(1);
            ticker.advance(Duration.ofMillis(1300));
            assertThat(other.state()).isEqualTo(CLOSED);
            store.release();
            assertThat(other.state()).isEqualTo(OPEN);
            assertThat(sick.transitions)
                    .singleElement()
                    .satisfies(opening -> assertThat(opening.scope()).isEqualTo(BreakerScope.CLUSTER));
        }

        @Test
        void askedForByThePartnerReachTheClusterBeforeTheFirstAnswer() {
            ticker.advance(Duration.ofSeconds(1000));
            BreakerConfig.Builder config = BreakerConfig.builder().classifier(RETRY_AFTER);
            Node old = node("old", config);
            old.breaker.reset("moved on", "ann");
            store.slow.add("sync");
            Node fresh = node("fresh", config);
            fresh.fails(1);
            store.release();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(old.state()).isEqualTo(OPEN);
            assertThat(fresh.transitions).hasSize(1);
        }

        @Test
        void reachTheClusterThoughTheStoreCountedTheFailuresAndRefusedTheTransition() {
            Cluster cluster = new Cluster(2, threeInARow().waitDurationInOpenState(Duration.ofMinutes(1)));
            cluster.store.affected = "transition"::equals;
            cluster.store.fault = Fault.DOWN;
            cluster.node(0).fails(3);
            assertThat(cluster.afterSeconds(2).states()).containsExactly(OPEN, CLOSED);
            cluster.store.fault = Fault.NONE;
            assertThat(cluster.afterSeconds(3).states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void thatRestedOnOldNewsOfOthersAreTakenBack() {
            Cluster cluster = new Cluster(2, BreakerConfig.builder());
            cluster.node(0).fails(9);
            cluster.afterSeconds(1);
            Breaker ignorant = cluster.node(1).breaker;
            while (ignorant.snapshot().counts().failures() < 9
                    || ignorant.snapshot().staleness().toMillis() > 100) {
                cluster.after(Duration.ofMillis(10));
            }
            cluster.node(0).succeeds(1000);
            cluster.after(Duration.ofMillis(300));
            cluster.node(1).fails(1);
            assertThat(cluster.afterSeconds(1).states()).containsExactly(CLOSED, CLOSED);
        }
    }

    @Nested
    class HalfOpen {

        @Test
        void asksAgainAfterAPermitThatWasNeverAnswered() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.store.fault = Fault.HUNG;
            assertThat(cluster.node(0).isRejected()).isTrue();
            cluster.afterSeconds(3);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(10);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void isNotMistakenForClosedByAStoreThatLostItsData() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            cluster.memory.clear();
            assertThat(cluster.node(0).isRejected()).isTrue();
            cluster.afterSeconds(1);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void beginsAnewWithinAPollWhenTheStoreLostItsLeases() {
            Cluster cluster = new Cluster(2, threeInARow().probeLease(Duration.ofMinutes(10)));
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            assertThat(cluster.node(0).breaker.tryAcquire()).isNotNull();
            assertThat(cluster.node(1).isRejected()).isTrue();
            cluster.memory.clear();
            cluster.afterSeconds(2);
            cluster.node(1).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED, CLOSED);
        }

        @Test
        void endsInTimeAlsoWhenItsEndFallsIntoAnOutage() {
            Cluster cluster = new Cluster(2, threeInARow().maxWaitDurationInHalfOpenState(Duration.ofSeconds(5)));
            cluster.node(0).fails(3);
            cluster.afterSeconds(16);
            assertThat(cluster.node(0).breaker.tryAcquire()).isNotNull();
            cluster.afterSeconds(3);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(4);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(OPEN, OPEN);
        }

        @Test
        void isDecidedByAStoreThatOnlyAnswersReads() {
            ticker.advance(Duration.ofSeconds(1000));
            Node node = node("only", threeInARow());
            node.fails(3);
            store.refused.add("permit");
            store.refused.add("complete");
            store.refused.add("transition");
            ticker.advance(Duration.ofSeconds(16));
            Permit probe = Objects.requireNonNull(node.breaker.tryAcquire());
            ticker.advance(Duration.ofSeconds(1));
            probe.success(0);
            assertThat(node.state()).isEqualTo(CLOSED);
        }

        @Test
        void isDecidedLaterWhenAProposalWasNeverAnswered() {
            ticker.advance(Duration.ofSeconds(1000));
            Node node = node("only", threeInARow());
            node.fails(3);
            ticker.advance(Duration.ofSeconds(16));
            Permit probe = Objects.requireNonNull(node.breaker.tryAcquire());
            store.lost.add("transition");
            probe.success(0);
            store.lost.clear();
            ticker.advance(Duration.ofSeconds(3));
            assertThat(node.state()).isEqualTo(CLOSED);
        }

        @Test
        void beginsByItselfThoughTheStoreRefusesAtThatMoment() {
            Cluster cluster = new Cluster(1, threeInARow().automaticTransition(true));
            cluster.node(0).fails(3);
            cluster.afterSeconds(14);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(2);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsExactly(BreakerState.HALF_OPEN);
        }

        private Node openWithASlowPermit(BreakerConfig.Builder config) {
            ticker.advance(Duration.ofSeconds(1000));
            Node node = node("slow", config.halfOpenAcquireTimeout(Duration.ZERO));
            node.fails(3);
            ticker.advance(Duration.ofSeconds(16));
            store.slow.add("permit");
            assertThat(node.breaker.tryAcquire()).isNull();
            return node;
        }

        @Test
        void keepsAPermitThatComesTooLateForTheNextCaller() {
            Node node = openWithASlowPermit(threeInARow());
            store.release();
            assertThat(node.breaker.tryAcquire()).isNotNull();
        }

        @Test
        @Timeout(30)
        void doesNotHoldAnEventLoopThatAsksForAPermit() {
            BreakerConfig config =
                    threeInARow().halfOpenAcquireTimeout(Duration.ofMinutes(1)).build();
            try (BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(store)
                    .eventLoop(() -> true)
                    .configs(name -> config)
                    .build()) {
                Breaker breaker = registry.breaker("partner");
                for (int i = 0; i < 3; i++) {
                    breaker.acquire().failure(new IOException("down"), 0);
                }
                ticker.advance(Duration.ofSeconds(16));
                store.slow.add("permit");
                assertThat(breaker.tryAcquire()).isNull();
                store.release();
                assertThat(breaker.tryAcquire()).isNotNull();
            }
        }

        @Test
        void keepsAPermitForTheNextCallerThoughMoreWereDenied() {
            Node quick = new Node("quick", ticker, memory, twoProbes().build());
            Node slow = openWithASlowPermit(twoProbes());
            assertThat(quick.breaker.tryAcquire()).isNotNull();
            assertThat(slow.breaker.tryAcquire()).isNull();
            store.release();
            assertThat(slow.breaker.tryAcquire()).isNotNull();
            assertThat(slow.breaker.tryAcquire()).isNull();
        }

        @Test
        void forgetsADenialThatComesWhenItsStayIsOver() {
            BreakerConfig.Builder config = threeInARow().probeLease(Duration.ofMinutes(2));
            Node quick = new Node("quick", ticker, memory, config.build());
            ticker.advance(Duration.ofSeconds(1000));
            Node slow = node("slow", config.halfOpenAcquireTimeout(Duration.ZERO));
            slow.fails(3);
            ticker.advance(Duration.ofSeconds(16));
            Permit probe = quick.breaker.acquire();
            store.slow.add("permit");
            assertThat(slow.breaker.tryAcquire()).isNull();
            probe.failure(new IOException("down"), 0);
            assertThat(slow.state()).isEqualTo(OPEN);
            store.release();
            ticker.advance(Duration.ofSeconds(16));
            assertThat(slow.breaker.tryAcquire()).isNotNull();
        }

        private BreakerConfig.Builder twoProbes() {
            return threeInARow().permittedNumberOfCallsInHalfOpenState(2);
        }

        @Test
        void givesAPermitBackThatCameTooLateAndThatNobodyWants() {
            Node quick = new Node("quick", ticker, memory, threeInARow().build());
            openWithASlowPermit(threeInARow());
            store.release();
            assertThat(quick.isRejected()).isTrue();
            ticker.advance(Duration.ofSeconds(2));
            assertThat(quick.breaker.tryAcquire()).isNotNull();
        }

        @Test
        void makesNoProbeWithAPermitThatComesAfterTheEndOfItsLease() {
            Node quick = new Node("quick", ticker, memory, threeInARow().build());
            Node slow = openWithASlowPermit(threeInARow());
            ticker.advance(Duration.ofSeconds(11));
            assertThat(quick.breaker.tryAcquire()).isNotNull();
            store.release();
            assertThat(slow.breaker.tryAcquire()).isNull();
        }

        @Test
        void givesThePermitOfACancelledCallBackThatWasStillWaitingForIt() {
            ticker.advance(Duration.ofSeconds(1000));
            Node node = node("only", threeInARow().halfOpenAcquireTimeout(Duration.ofSeconds(20)));
            node.fails(3);
            ticker.advance(Duration.ofSeconds(16));
            store.slow.add("permit");
            AtomicInteger bodies = new AtomicInteger();
            CompletableFuture<String> call = node.breaker
                    .<String>callAsync(() -> {
                        bodies.incrementAndGet();
                        return new CompletableFuture<>();
                    })
                    .toCompletableFuture();
            call.cancel(true);
            store.release();
            await(() -> !node.isRejected());
            assertThat(bodies).hasValue(0);
        }

        private void await(BooleanSupplier condition) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }

    @Nested
    class Overrides {

        @Test
        void thatExpiredUnsentUndoNothing() {
            Cluster cluster = new Cluster(2, threeInARow());
            Node cutOff = cluster.node(0);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(3);
            cutOff.breaker.forceOpen("maintenance", "ann", Duration.ofSeconds(1));
            cluster.afterSeconds(2);
            cluster.memory.override("partner", ofBob(Mode.FORCED_OPEN));
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsOnly(FORCED_OPEN);
        }

        private static SharedOverride ofBob(Mode mode) {
            return new SharedOverride(0, mode, "watching", "bob", Duration.ZERO, null);
        }

        @Test
        void whoseReplyWasLostDoNotUndoLaterOnes() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.store.fault = Fault.REPLY_LOST;
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            cluster.after(Duration.ofMillis(100));
            cluster.memory.override("partner", ofBob(Mode.METRICS_ONLY));
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(5);
            assertThat(cluster.states()).containsOnly(METRICS_ONLY);
        }

        @Test
        void thatExpireAreAnnouncedOnce() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).breaker.forceOpen("maintenance", "ann", Duration.ofSeconds(10));
            cluster.afterSeconds(12);
            assertThat(cluster.states()).containsOnly(CLOSED);
            assertThat(cluster.announced()).hasSize(2);
        }

        @Test
        void areAnnouncedByTheLastWhoDecided() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).breaker.forceOpen("maintenance", "ann", null);
            cluster.node(1).breaker.metricsOnly("watching", "bob", null);
            cluster.node(1).breaker.release("done", "bob");
            assertThat(cluster.announced()).hasSize(3);
        }

        @Test
        void canLastForEver() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).breaker.forceOpen("gone", "ann", ChronoUnit.FOREVER.getDuration());
            assertThat(cluster.afterSeconds(10).states()).containsOnly(FORCED_OPEN);
        }
    }

    @Nested
    class Resets {

        @Test
        void alsoForgetWhatAPeerHasNotSentYet() {
            ticker.advance(Duration.ofSeconds(1000));
            Node resetting = new Node("resetting", ticker, memory, BreakerConfig.defaults());
            Node slow = node("slow", BreakerConfig.builder());
            ticker.advance(Duration.ofSeconds(2));
            store.slow.add("sync");
            slow.fails(1);
            ticker.advance(Duration.ofMillis(300));
            slow.fails(4);
            resetting.breaker.reset("fixed", "ann");
            store.release();
            ticker.advance(Duration.ofSeconds(3));
            assertThat(resetting.breaker.snapshot().counts().calls()).isZero();
        }
    }

    @Nested
    class LateProbes {

        @Test
        void doNotLengthenTheNextStayThoughThePartnerAsksForIt() {
            BreakerConfig.Builder config = BreakerConfig.builder()
                    .permittedNumberOfCallsInHalfOpenState(2)
                    .classifier(RETRY_AFTER);
            Cluster cluster = new Cluster(1, config);
            Node node = cluster.node(0).fails(1);
            cluster.afterSeconds(41);
            Permit late = Objects.requireNonNull(node.breaker.tryAcquire());
            node.fails(1);
            assertThat(cluster.states()).containsExactly(OPEN);
            cluster.afterSeconds(41);
            assertThat(node.breaker.tryAcquire()).isNotNull();
            late.failure(new IOException("late"), 0);
            assertThat(cluster.states()).containsExactly(HALF_OPEN);
        }
    }

    @Nested
    class Shutdown {

        @Test
        void leavesACircuitThatStillComesBackByItself() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).registry.close();
            cluster.node(0).fails(3);
            assertThat(cluster.node(0).isRejected()).isTrue();
            cluster.afterSeconds(16);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void ofAnOpenCircuitLeavesItComeBack() {
            Cluster cluster = new Cluster(1, threeInARow());
            cluster.node(0).fails(3);
            cluster.node(0).registry.close();
            cluster.afterSeconds(16);
            cluster.node(0).succeeds(1);
            assertThat(cluster.states()).containsExactly(CLOSED);
        }

        @Test
        void makesDeafForTheNewsOfOthers() {
            Cluster cluster = new Cluster(2, threeInARow());
            cluster.node(0).registry.close();
            cluster.node(1).fails(3);
            assertThat(cluster.afterSeconds(1).states()).containsExactly(CLOSED, OPEN);
            cluster.node(1).breaker.forceOpen("maintenance", "ann", null);
            assertThat(cluster.afterSeconds(1).states()).containsExactly(CLOSED, FORCED_OPEN);
        }
    }
}
