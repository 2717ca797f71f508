package dev.breaker;

import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Circuits that come, go and change while something is under way. */
class LifecycleTest {

    private static void fail(Breaker breaker) {
        breaker.acquire().failure(new IOException("down"), 0);
    }

    @Nested
    class ASuccessor {

        /** Notes the names of leases. */
        private final class Leases extends InterceptedStore {

            private final List<String> names = new ArrayList<>();

            Leases(SharedStore store) {
                super(store);
            }

            @Override
            <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
                return real.get();
            }

            @Override
            public CompletionStage<ProbeReply> permit(String breaker, ProbeRequest request) {
                names.add(request.lease());
                return super.permit(breaker, request);
            }
        }

        private final ManualTicker ticker = new ManualTicker();
        private final Leases store = new Leases(new InMemoryStore(ticker));

        private BreakerRegistry registry(BreakerConfig config) {
            return BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(store)
                    .configs(name -> config)
                    .build();
        }

        @Test
        void doesNotGetTheProbeThatItsPredecessorMakes() {
            BreakerRegistry registry =
                    registry(fragile().permittedNumberOfCallsInHalfOpenState(1).build());
            fail(registry.breaker("partner"));
            ticker.advance(Duration.ofSeconds(31));
            assertThat(registry.breaker("partner").tryAcquire()).isNotNull();
            registry.remove("partner");
            Breaker successor = registry.breaker("partner");
            assertThat(successor.state()).isEqualTo(HALF_OPEN);
            assertThat(successor.tryAcquire()).isNull();
        }

        @Test
        void asksForHealthProbesByOtherNames() {
            CheckedPartner partner = new CheckedPartner();
            BreakerRegistry registry = registry(fragile().healthProbe(partner).build());
            fail(registry.breaker("partner"));
            ticker.advance(Duration.ofSeconds(31));
            registry.remove("partner");
            registry.breaker("partner");
            ticker.advance(Duration.ofMinutes(2));
            assertThat(partner.checks).isGreaterThan(1);
            assertThat(store.names).hasSize(partner.checks).doesNotHaveDuplicates();
        }
    }

    @Nested
    class ARemovedCircuit {

        private final ManualTicker ticker = new ManualTicker();
        private final InMemoryStore memory = new InMemoryStore(ticker);
        private final SlowStore store = new SlowStore(memory);

        private BreakerRegistry registry(SharedStore from) {
            BreakerConfig config = fragile()
                    .permittedNumberOfCallsInHalfOpenState(1)
                    .halfOpenAcquireTimeout(Duration.ofMillis(1))
                    .probeLease(Duration.ofMinutes(5))
                    .build();
            return BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(from)
                    .configs(name -> config)
                    .build();
        }

        @Test
        void givesAPermitBackThatComesTooLate() {
            BreakerRegistry leaving = registry(store);
            Breaker other = registry(memory).breaker("partner");
            Breaker removed = leaving.breaker("partner");
            fail(removed);
            ticker.advance(Duration.ofSeconds(31));
            store.slow.add("permit");
            assertThat(removed.tryAcquire()).isNull();
            leaving.remove("partner");
            store.release();
            ticker.advance(Duration.ofSeconds(1));
            assertThat(other.tryAcquire()).isNotNull();
        }

        @Test
        void givesAPermitBackThatNobodyHasTaken() {
            BreakerRegistry leaving = registry(store);
            Breaker other = registry(memory).breaker("partner");
            Breaker removed = leaving.breaker("partner");
            fail(removed);
            ticker.advance(Duration.ofSeconds(31));
            store.slow.add("permit");
            assertThat(removed.tryAcquire()).isNull();
            store.release();
            leaving.remove("partner");
            assertThat(other.tryAcquire()).isNotNull();
        }

        @Test
        void endsAnOverrideThatItGetsLater() {
            BreakerRegistry leaving = registry(store);
            Breaker removed = leaving.breaker("partner");
            leaving.remove("partner");
            removed.forceOpen("", "ann", Duration.ofSeconds(5));
            assertThat(removed.tryAcquire()).isNull();
            ticker.advance(Duration.ofSeconds(5));
            assertThat(removed.tryAcquire()).isNotNull();
        }
    }

    @Nested
    class AHealthProbe {

        private static final int PLACES = 8;

        private final ManualTicker ticker = new ManualTicker();
        private final FaultyStore store = new FaultyStore(new InMemoryStore(ticker));
        private final CheckedPartner partner = new CheckedPartner();
        private final Map<String, BreakerConfig> configs = new HashMap<>();
        private final BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(store)
                .configs(name -> configs.getOrDefault(
                        name, fragile().healthProbe(partner).build()))
                .build();

        private void allAskInVain() {
            IntStream.range(0, PLACES).forEach(i -> fail(registry.breaker("partner-" + i)));
            ticker.advance(Duration.ofSeconds(29));
            store.affected = "permit"::equals;
            store.fault = Fault.HUNG;
            ticker.advance(Duration.ofSeconds(2));
            assertThat(store.count("permit")).isEqualTo(PLACES);
            store.fault = Fault.NONE;
        }

        private void assertAnotherIsMade() {
            partner.checks = 0;
            fail(registry.breaker("last"));
            ticker.advance(Duration.ofSeconds(31));
            assertThat(partner.checks).isOne();
        }

        @Test
        void thatTheStoreDoesNotAnswerKeepsNoPlaceForACircuitThatIsRemoved() {
            allAskInVain();
            IntStream.range(0, PLACES).forEach(i -> registry.remove("partner-" + i));
            assertAnotherIsMade();
        }

        @Test
        void thatTheStoreDoesNotAnswerKeepsNoPlaceWhenItIsConfiguredNoMore() {
            allAskInVain();
            IntStream.range(0, PLACES)
                    .forEach(i -> configs.put("partner-" + i, fragile().build()));
            registry.reconfigure();
            assertAnotherIsMade();
        }
    }

    @Nested
    class AnOutage {

        @Test
        void keepsTheCircuitOfAKeyUntilTheStoreKnowsWhatAnOperatorDecided() {
            ManualTicker ticker = new ManualTicker();
            InMemoryStore memory = new InMemoryStore(ticker);
            FaultyStore store = new FaultyStore(memory);
            BreakerConfig config = BreakerConfig.builder()
                    .keyIdleExpiry(Duration.ofSeconds(10))
                    .build();
            BreakerRegistry.Builder builder =
                    BreakerRegistry.builder().ticker(ticker).configs(name -> config);
            BreakerRegistry cutOff = builder.store(store).instance("one").build();
            Breaker other = builder.store(memory).instance("two").build().breaker("partner[acme]");
            Breaker breaker = cutOff.keyed("partner").breaker("acme");
            breaker.forceOpen("", "ann", null);
            ticker.advance(Duration.ofSeconds(1));
            assertThat(other.state()).isEqualTo(BreakerState.FORCED_OPEN);
            store.fault = Fault.DOWN;
            ticker.advance(Duration.ofSeconds(5));
            breaker.release("", "ann");
            ticker.advance(Duration.ofMinutes(1));
            store.fault = Fault.NONE;
            ticker.advance(Duration.ofSeconds(5));
            assertThat(other.state()).isEqualTo(BreakerState.CLOSED);
            ticker.advance(Duration.ofSeconds(15));
            assertThat(cutOff.find("partner[acme]")).isEmpty();
        }

        @Test
        void lastsForTheSuccessorThatIsMadeWhileACircuitIsRemoved() {
            ManualTicker ticker = new ManualTicker();
            FaultyStore store = new FaultyStore(new InMemoryStore(ticker));
            List<BreakerEvent> recoveries = new ArrayList<>();
            BreakerRegistry registry =
                    BreakerRegistry.builder().ticker(ticker).store(store).build();
            registry.addListener(new BreakerListener() {
                @Override
                public void onRemoved(BreakerEvent.Removed event) {
                    registry.breaker(event.breaker());
                }

                @Override
                public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
                    recoveries.add(event);
                }
            });
            registry.breaker("partner");
            store.fault = Fault.DOWN;
            ticker.advance(Duration.ofSeconds(5));
            registry.remove("partner");
            ticker.advance(Duration.ofSeconds(5));
            assertThat(registry.breaker("partner").snapshot().sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            assertThat(registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            assertThat(recoveries).isEmpty();
        }
    }

    @Nested
    class AFamily {

        private final ManualTicker ticker = new ManualTicker();
        private volatile BreakerConfig config =
                BreakerConfig.builder().keyIdleExpiry(Duration.ofMinutes(10)).build();
        private final BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .configs(name -> config)
                .maximumBreakers(4)
                .build();
        private final KeyedBreakers partners = registry.keyed("partner");

        @Test
        void doesNotBringBackTheCircuitOfTheBareName() {
            partners.breaker("acme");
            registry.remove("partner");
            ticker.advance(Duration.ofSeconds(30));
            assertThat(registry.find("partner")).isEmpty();
        }

        @Test
        void isSweptWhenThereIsNoRoomForTheCircuitOfTheBareName() {
            partners.breaker("acme");
            registry.remove("partner");
            IntStream.range(0, 3).forEach(i -> registry.breaker("other-" + i));
            ticker.advance(Duration.ofMinutes(11));
            assertThat(registry.find("partner[acme]")).isEmpty();
            assertThat(partners.size()).isZero();
        }

        @Test
        void forgetsACircuitThatSomebodyHadMadeByItsFullName() {
            Breaker made = registry.breaker("partner[acme]");
            assertThat(partners.breaker("acme")).isSameAs(made);
            registry.remove("partner[acme]");
            Breaker next = partners.breaker("acme");
            assertThat(next).isNotSameAs(made);
            assertThat(registry.find("partner[acme]")).containsSame(next);
        }

        @Test
        void keepsNoCircuitThatAListenerRemovesAtItsCreation() {
            BreakerListener hostile = new BreakerListener() {
                @Override
                public void onCreated(BreakerEvent.Created event) {
                    registry.remove(event.breaker());
                }
            };
            registry.addListener(hostile);
            partners.breaker("acme");
            registry.removeListener(hostile);
            Breaker next = partners.breaker("acme");
            assertThat(registry.find("partner[acme]")).containsSame(next);
            assertThat(partners.size()).isOne();
        }

        @Test
        void hasACircuitForEachHalfOfACharacter() {
            assertThat(partners.breaker("\ud800")).isNotSameAs(partners.breaker("\ud801"));
        }

        @Test
        void isOneOfAsManyAsThereMayBeCircuits() {
            IntStream.range(0, 3).forEach(i -> registry.keyed("family-" + i));
            assertThatThrownBy(() -> registry.keyed("one-more"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one-more")
                    .hasMessageContaining("4");
            assertThat(registry.families()).hasSize(4);
        }

        @Test
        void servesAKeyWithoutRoomWhileAnotherIsBeingMade() throws Exception {
            config = config.toBuilder().maxKeys(1).build();
            partners.breaker("acme");
            List<Breaker> found = new ArrayList<>();
            Thread caller = new Thread(() -> found.add(partners.breaker("one-more")));
            synchronized (partners) {
                caller.start();
                caller.join(10_000);
                assertThat(found).containsExactly(registry.breaker("partner"));
            }
        }
    }

    @Nested
    class AReconfiguration {

        @Test
        void lettingCallsProbeAgainStartsTheAutomaticTransition() {
            ManualTicker ticker = new ManualTicker();
            BreakerConfig calls = fragile().automaticTransition(true).build();
            List<BreakerConfig> answers = new ArrayList<>(
                    List.of(calls.toBuilder().healthProbe(new CheckedPartner()).build()));
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> answers.get(0))
                    .build();
            Breaker breaker = registry.breaker("partner");
            fail(breaker);
            breaker.forceOpen("", "ann", null);
            ticker.advance(Duration.ofSeconds(31));
            answers.set(0, calls);
            registry.reconfigure();
            breaker.release("", "ann");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        }

        private final BreakerConfig before = BreakerConfig.builder().build();
        private final BreakerConfig after =
                BreakerConfig.builder().minimumNumberOfCalls(7).build();

        @Test
        void reachesTheCircuitOfAKeyThatComesUpMeanwhile() {
            List<BreakerConfig> answers = new ArrayList<>(List.of(before));
            List<Runnable> meanwhile = new ArrayList<>();
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .configs(name -> {
                        List<Runnable> once = List.copyOf(meanwhile);
                        meanwhile.clear();
                        once.forEach(Runnable::run);
                        return answers.get(0);
                    })
                    .build();
            KeyedBreakers partners = registry.keyed("partner");
            partners.breaker("acme");
            answers.set(0, after);
            meanwhile.add(() -> partners.breaker("new"));
            registry.reconfigure();
            assertThat(partners.breaker("new").config()).isEqualTo(after);
        }

        @Test
        void doesNotUndoALaterOne() {
            List<BreakerConfig> answers = new ArrayList<>(List.of(before));
            List<Runnable> meanwhile = new ArrayList<>();
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .configs(name -> {
                        BreakerConfig answer = answers.get(0);
                        List<Runnable> once = List.copyOf(meanwhile);
                        meanwhile.clear();
                        once.forEach(Runnable::run);
                        return answer;
                    })
                    .build();
            Breaker breaker = registry.breaker("partner");
            meanwhile.add(() -> {
                answers.set(0, after);
                registry.reconfigure();
            });
            registry.reconfigure();
            assertThat(breaker.config()).isEqualTo(after);
        }

        @Test
        void doesNotWaitForACallerWhoWaitsForIt() throws Exception {
            Object users = new Object();
            CountDownLatch creating = new CountDownLatch(1);
            CountDownLatch asking = new CountDownLatch(1);
            try (BreakerRegistry registry = BreakerRegistry.builder()
                    .configs(name -> {
                        if (name.equals("new") && creating.getCount() > 0) {
                            creating.countDown();
                            awaitQuietly(asking);
                        } else if (creating.getCount() == 0 && !name.equals("new")) {
                            asking.countDown();
                            synchronized (users) {
                                return after;
                            }
                        }
                        return before;
                    })
                    .build()) {
                registry.breaker("old");
                Thread creator = daemon(() -> {
                    synchronized (users) {
                        registry.breaker("new");
                    }
                });
                creator.start();
                assertThat(creating.await(10, TimeUnit.SECONDS)).isTrue();
                Thread reconfiguring = daemon(registry::reconfigure);
                reconfiguring.start();
                creator.join(10_000);
                reconfiguring.join(10_000);
                assertThat(creator.isAlive()).isFalse();
                assertThat(reconfiguring.isAlive()).isFalse();
                assertThat(registry.breaker("old").config()).isEqualTo(after);
            }
        }
    }

    @Nested
    class AClosing {

        /** Takes its time over what a registry sends when it closes. */
        private static final class HeldStore extends InterceptedStore {

            private final CountDownLatch sending = new CountDownLatch(1);
            private final CountDownLatch held = new CountDownLatch(1);
            private final AtomicBoolean isSent = new AtomicBoolean();
            private volatile boolean holds;

            HeldStore() {
                super(new InMemoryStore(new ManualTicker()));
            }

            @Override
            <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
                if (holds) {
                    sending.countDown();
                    awaitQuietly(held);
                    isSent.set(true);
                }
                return real.get();
            }
        }

        @Test
        void isOverForNobodyBeforeTheCountsAreSent() throws Exception {
            HeldStore store = new HeldStore();
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .store(store)
                    .build();
            registry.breaker("partner").acquire().success(0);
            store.holds = true;
            Thread first = daemon(registry::close);
            first.start();
            assertThat(store.sending.await(10, TimeUnit.SECONDS)).isTrue();
            AtomicBoolean wasSent = new AtomicBoolean();
            Thread second = daemon(() -> {
                registry.close();
                wasSent.set(store.isSent.get());
            });
            second.start();
            await().until(() ->
                    EnumSet.of(Thread.State.BLOCKED, Thread.State.TERMINATED).contains(second.getState()));
            store.held.countDown();
            first.join(10_000);
            second.join(10_000);
            assertThat(wasSent).isTrue();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
