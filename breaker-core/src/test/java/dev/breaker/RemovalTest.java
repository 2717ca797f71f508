package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RemovalTest {

    /** Notes the name of every event but those of calls. */
    private static class Diary implements BreakerListener {

        final ConcurrentLinkedQueue<BreakerEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        public void onCreated(BreakerEvent.Created event) {
            events.add(event);
        }

        @Override
        public void onRemoved(BreakerEvent.Removed event) {
            events.add(event);
        }

        @Override
        public void onTransition(BreakerEvent.Transition event) {
            events.add(event);
        }

        List<Class<?>> kinds() {
            List<Class<?>> kinds = new ArrayList<>();
            events.forEach(event -> kinds.add(event.getClass()));
            return kinds;
        }
    }

    @Nested
    class OfALocalCircuit {

        private final LocalCircuit circuit = new LocalCircuit(fragile());

        @Test
        void saysWhetherThereWasOne() {
            assertThat(circuit.registry.remove("partner")).isTrue();
            assertThat(circuit.registry.remove("partner")).isFalse();
            assertThat(circuit.registry.find("partner")).isEmpty();
            assertThat(circuit.registry.breakers()).isEmpty();
        }

        @Test
        void makesRoomForAnother() {
            BreakerRegistry small = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .maximumBreakers(1)
                    .build();
            small.breaker("one");
            small.remove("one");
            assertThat(small.breaker("two").name()).isEqualTo("two");
        }

        @Test
        void isFollowedByAFreshOneOfThatName() {
            circuit.fails(1);
            circuit.registry.remove("partner");
            Breaker fresh = circuit.registry.breaker("partner");
            assertThat(fresh).isNotSameAs(circuit.breaker);
            assertThat(fresh.state()).isEqualTo(CLOSED);
            assertThat(fresh.totals().failures()).isZero();
        }

        @Test
        void leavesAWorkingCircuitToThoseWhoHoldIt() {
            circuit.registry.remove("partner");
            circuit.fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            circuit.afterSeconds(29);
            assertThat(circuit.rejects()).isTrue();
            circuit.afterSeconds(1).succeeds(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void letsAnOpenCircuitProbeWhenItsWaitIsOver() {
            circuit.fails(1);
            circuit.registry.remove("partner");
            assertThat(circuit.rejects()).isTrue();
            circuit.afterSeconds(30);
            assertThat(circuit.rejects()).isFalse();
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void letsAnOverrideExpire() {
            circuit.breaker.forceOpen("", "ann", Duration.ofSeconds(10));
            circuit.registry.remove("partner");
            assertThat(circuit.state()).isEqualTo(FORCED_OPEN);
            circuit.afterSeconds(10);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void endsTheTimerOfItsPhase() {
            LocalCircuit automatic = new LocalCircuit(fragile().automaticTransition(true));
            automatic.fails(1);
            automatic.registry.remove("partner");
            automatic.afterSeconds(60);
            assertThat(automatic.state()).isEqualTo(OPEN);
        }
    }

    @Nested
    class OfASharedCircuit {

        private final Cluster cluster = new Cluster(2, BreakerConfig.builder());

        private Breaker again(Node node) {
            node.registry.remove("partner");
            return node.registry.breaker("partner");
        }

        @Test
        void sendsWhatTheStoreHasNotBeenTold() {
            cluster.afterSeconds(1);
            cluster.node(0).succeeds(3).fails(2);
            cluster.node(0).registry.remove("partner");
            cluster.afterSeconds(2);
            assertThat(cluster.node(1).breaker.snapshot().counts()).isEqualTo(new BreakerSnapshot.Counts(5, 2, 0, 2));
        }

        @Test
        void leavesTheStateOfTheClusterAlone() {
            cluster.afterSeconds(1);
            cluster.node(0).fails(10);
            cluster.node(0).registry.remove("partner");
            cluster.afterSeconds(2);
            assertThat(cluster.node(1).state()).isEqualTo(OPEN);
        }

        @Test
        void isFollowedByOneThatTakesTheClustersStateAndOverride() {
            cluster.afterSeconds(1);
            cluster.node(0).fails(10);
            Breaker fresh = again(cluster.node(1));
            assertThat(fresh.state()).isEqualTo(OPEN);
            cluster.node(0).breaker.forceOpen("", "ann", null);
            assertThat(again(cluster.node(1)).state()).isEqualTo(FORCED_OPEN);
        }

        @Test
        void isFollowedByOneWhoseOutcomesTheStoreTakesForNew() {
            cluster.afterSeconds(1);
            for (int i = 0; i < 5; i++) {
                cluster.node(0).succeeds(1);
                cluster.afterSeconds(1);
            }
            Breaker fresh = again(cluster.node(0));
            fresh.acquire().failure(new IOException("down"), 0);
            cluster.afterSeconds(2);
            assertThat(cluster.node(1).breaker.snapshot().counts().calls()).isEqualTo(6);
            assertThat(cluster.node(1).breaker.snapshot().counts().failures()).isEqualTo(1);
        }

        @Test
        void talksToTheStoreNoMore() {
            Breaker removed = cluster.node(0).breaker;
            cluster.node(0).registry.remove("partner");
            cluster.node(1).registry.remove("partner");
            cluster.afterSeconds(1);
            int before = cluster.store.operations.size();
            removed.acquire().failure(new IOException("down"), 0);
            cluster.afterSeconds(60);
            assertThat(cluster.store.operations).hasSize(before);
        }

        @Test
        void hearsNothingOfTheClusterAnyMore() {
            cluster.afterSeconds(1);
            Breaker removed = cluster.node(0).breaker;
            cluster.node(0).registry.remove("partner");
            cluster.node(1).fails(10);
            cluster.afterSeconds(1);
            assertThat(cluster.node(1).state()).isEqualTo(OPEN);
            assertThat(removed.state()).isEqualTo(CLOSED);
        }

        @Test
        void letsAHalfOpenCircuitGoOnWithProbesOfItsOwn() {
            cluster.afterSeconds(1);
            cluster.node(0).fails(10);
            cluster.afterSeconds(31);
            cluster.node(0).succeeds(1);
            assertThat(cluster.node(0).state()).isEqualTo(HALF_OPEN);
            cluster.node(0).registry.remove("partner");
            cluster.node(0).succeeds(5);
            assertThat(cluster.node(0).state()).isEqualTo(CLOSED);
            assertThat(cluster.node(1).state()).isEqualTo(HALF_OPEN);
        }

        @Test
        void ofTheOnlyOneCutOffEndsTheOutage() {
            cluster.afterSeconds(1);
            cluster.store.fault = Fault.DOWN;
            cluster.node(0).fails(1);
            cluster.afterSeconds(2);
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            cluster.node(0).registry.remove("partner");
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
        }
    }

    @Nested
    class Events {

        private final Diary diary = new Diary();
        private final LocalCircuit circuit = new LocalCircuit(fragile());

        Events() {
            circuit.registry.addListener(diary);
        }

        @Test
        void tellOfCreationAndRemovalOnceEach() {
            circuit.registry.breaker("other");
            circuit.registry.breaker("other");
            circuit.registry.remove("other");
            circuit.registry.remove("other");
            assertThat(diary.events)
                    .containsExactly(new BreakerEvent.Created("other"), new BreakerEvent.Removed("other"));
        }

        @Test
        void areNotToldOfACircuitForWhichThereIsNoRoom() {
            BreakerRegistry full = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .maximumBreakers(1)
                    .listener(diary)
                    .build();
            full.breaker("one");
            assertThat(catchThrowable(() -> full.breaker("two"))).isInstanceOf(IllegalStateException.class);
            assertThat(diary.events).containsExactly(new BreakerEvent.Created("one"));
        }

        @Test
        void tellNoTransitionAfterTheRemoval() {
            circuit.registry.remove("partner");
            circuit.fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(diary.events).containsExactly(new BreakerEvent.Removed("partner"));
        }

        @Test
        void findTheCircuitThatTheyTellOf() {
            List<Boolean> found = new ArrayList<>();
            circuit.registry.addListener(new BreakerListener() {
                @Override
                public void onCreated(BreakerEvent.Created event) {
                    found.add(circuit.registry.find(event.breaker()).isPresent());
                    circuit.registry.breaker(event.breaker());
                }

                @Override
                public void onRemoved(BreakerEvent.Removed event) {
                    found.add(circuit.registry.find(event.breaker()).isPresent());
                }
            });
            circuit.registry.breaker("other");
            circuit.registry.remove("other");
            assertThat(found).containsExactly(true, false);
        }

        @Test
        void keepTheirOrderWhenManyThreadsCreateOpenAndRemove() throws Exception {
            try (BreakerRegistry registry = BreakerRegistry.builder()
                    .listener(diary)
                    .configs(name -> fragile().build())
                    .build()) {
                CountDownLatch go = new CountDownLatch(1);
                ExecutorService threads = Executors.newFixedThreadPool(3);
                List<Future<?>> done = new ArrayList<>();
                for (int thread = 0; thread < 3; thread++) {
                    done.add(threads.submit(() -> {
                        go.await();
                        for (int i = 0; i < 2000; i++) {
                            Permit permit = registry.breaker("partner").tryAcquire();
                            if (permit != null) {
                                permit.failure(new IOException("down"), 0);
                            }
                            registry.remove("partner");
                        }
                        return null;
                    }));
                }
                go.countDown();
                for (Future<?> each : done) {
                    each.get(60, TimeUnit.SECONDS);
                }
                threads.shutdown();
                registry.breaker("last");
                await().until(() -> diary.events.contains(new BreakerEvent.Created("last")));
            }
            assertInOrder(diary.kinds());
        }

        /* Created, at most one transition, removed; and again. */
        private static void assertInOrder(List<Class<?>> kinds) {
            Class<?> previous = BreakerEvent.Removed.class;
            for (Class<?> kind : kinds) {
                if (kind == BreakerEvent.Created.class) {
                    assertThat(previous).isEqualTo(BreakerEvent.Removed.class);
                } else if (kind == BreakerEvent.Transition.class) {
                    assertThat(previous).isEqualTo(BreakerEvent.Created.class);
                } else {
                    assertThat(previous).isIn(BreakerEvent.Created.class, BreakerEvent.Transition.class);
                }
                previous = kind;
            }
            assertThat(kinds).contains(BreakerEvent.Transition.class);
        }
    }
}
