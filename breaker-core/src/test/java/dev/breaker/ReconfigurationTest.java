package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerSnapshot.Counts;
import dev.breaker.FaultyStore.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other settings for circuits that are at work. */
class ReconfigurationTest {

    private final IOException down = new IOException("down");

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore memory = new InMemoryStore(ticker);
    private final FaultyStore store = new FaultyStore(memory);

    /** One instance whose configuration can be exchanged. */
    private final class Node {

        final AtomicReference<BreakerConfig> config;
        final BreakerRegistry registry;
        final Breaker breaker;

        Node(String name, boolean shared, BreakerConfig.Builder builder) {
            config = new AtomicReference<>(builder.build());
            BreakerRegistry.Builder settings = BreakerRegistry.builder()
                    .ticker(ticker)
                    .instance(name)
                    .configs(any -> Objects.requireNonNull(config.get()));
            registry = (shared ? settings.store(store) : settings).build();
            breaker = registry.breaker("partner");
        }

        Node with(UnaryOperator<BreakerConfig.Builder> change) {
            config.set(change.apply(breaker.config().toBuilder()).build());
            registry.reconfigure();
            return this;
        }

        Node succeeds(int times) {
            for (int i = 0; i < times; i++) {
                breaker.acquire().success(0);
            }
            return this;
        }

        Node fails(int times) {
            for (int i = 0; i < times; i++) {
                breaker.acquire().failure(down, 0);
            }
            return this;
        }

        Counts counts() {
            return breaker.snapshot().counts();
        }

        BreakerState state() {
            return breaker.state();
        }
    }

    private Node alone(BreakerConfig.Builder config) {
        return new Node("alone", false, config);
    }

    private Node alone() {
        return alone(BreakerConfig.builder());
    }

    private Node sharing(String name) {
        return new Node(name, true, BreakerConfig.builder().slidingWindowSize(60));
    }

    private static BreakerConfig.Builder byCount(BreakerConfig.Builder config, int size) {
        return config.slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(size)
                .minimumNumberOfCalls(Math.min(10, size));
    }

    private void afterSeconds(long seconds) {
        ticker.advance(Duration.ofSeconds(seconds));
    }

    @Nested
    class AClosedCircuit {

        @Test
        void opensByTheNewThresholdAtTheNextFailure() {
            Node node = alone().fails(3).with(config -> config.minimumNumberOfCalls(3));
            assertThat(node.state()).isEqualTo(CLOSED);
            node.succeeds(1);
            assertThat(node.state()).isEqualTo(CLOSED);
            node.fails(1);
            assertThat(node.state()).isEqualTo(OPEN);
        }

        @Test
        void doesNotOpenByThresholdsThatAreGone() {
            Node node = alone(BreakerConfig.builder().consecutiveFailureThreshold(3))
                    .fails(2)
                    .with(config -> config.consecutiveFailureThreshold(5))
                    .fails(2);
            assertThat(node.state()).isEqualTo(CLOSED);
            assertThat(node.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void asksTheNewClassifierAboutACallUnderWay() {
            Node node = alone();
            Permit permit = node.breaker.acquire();
            node.with(config -> config.classifier((result, thrown) -> Outcome.IGNORED));
            permit.complete(null, down, 0);
            assertThat(node.counts().calls()).isZero();
        }

        @Test
        void keepsItsOverride() {
            Node node = alone();
            node.breaker.metricsOnly("watch", "ann", null);
            node.fails(4).with(config -> config.slidingWindowSize(100));
            assertThat(node.state()).isEqualTo(METRICS_ONLY);
            assertThat(node.counts()).isEqualTo(new Counts(4, 4, 0, 4));
        }
    }

    @Nested
    class CallsUnderWay {

        @Test
        void areNotSlowIfTheyBeganUntimed() {
            Node node = alone();
            afterSeconds(1000);
            run(node, () -> node.with(config -> config.slowCallDurationThreshold(Duration.ofMillis(1))));
            assertThat(node.counts()).isEqualTo(new Counts(1, 0, 0, 0));
        }

        @Test
        void haveNoDurationIfTheyBeganUntimed() {
            Node node = alone();
            long start = node.breaker.startNanos();
            afterSeconds(1000);
            node.with(config -> config.slowCallDurationThreshold(Duration.ofMillis(1)));
            assertThat(node.breaker.elapsedNanos(start)).isZero();
        }

        @Test
        void areTimedFromTheMomentZeroToo() {
            Node node = alone(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(5)));
            run(node, () -> afterSeconds(6));
            assertThat(node.counts()).isEqualTo(new Counts(1, 0, 1, 0));
        }

        @Test
        void areNotSlowOnceCallsAreNotTimed() {
            Node node = alone(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofMillis(1)));
            run(node, () -> {
                afterSeconds(1);
                node.with(config -> config.slowCallDurationThreshold(null));
            });
            assertThat(node.counts()).isEqualTo(new Counts(1, 0, 0, 0));
        }

        @Test
        void areMeasuredByTheNewThreshold() {
            Node node = alone(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(5)));
            run(node, () -> {
                afterSeconds(2);
                node.with(config -> config.slowCallDurationThreshold(Duration.ofSeconds(1)));
            });
            assertThat(node.counts()).isEqualTo(new Counts(1, 0, 1, 0));
        }

        private void run(Node node, Runnable body) {
            node.breaker.run(body);
        }
    }

    @Nested
    class TheWindow {

        @Test
        void keepsItsCallsByAgeWhenItGrows() {
            Node node = alone().fails(2);
            afterSeconds(5);
            node.succeeds(3).with(config -> config.slidingWindowSize(100));
            assertThat(node.counts()).isEqualTo(new Counts(5, 2, 0, 0));
            afterSeconds(50);
            assertThat(node.counts().calls()).isEqualTo(5);
        }

        @Test
        void dropsTheCallsThatAreTooOldWhenItShrinks() {
            Node node = alone(BreakerConfig.builder().slidingWindowSize(100)).fails(2);
            afterSeconds(50);
            node.succeeds(3).with(config -> config.slidingWindowSize(10));
            assertThat(node.counts()).isEqualTo(new Counts(3, 0, 0, 0));
        }

        @Test
        void keepsTheLastCallsWhenItHoldsFewer() {
            Node node = alone(byCount(BreakerConfig.builder(), 100))
                    .fails(9)
                    .succeeds(4)
                    .with(config -> byCount(config, 5));
            assertThat(node.counts()).isEqualTo(new Counts(5, 1, 0, 0));
        }

        @Test
        void keepsItsRatesWhenTimeGivesWayToCount() {
            Node node = alone(BreakerConfig.builder().minimumNumberOfCalls(1000))
                    .fails(100)
                    .succeeds(300)
                    .with(config -> byCount(config, 100));
            assertThat(node.counts()).isEqualTo(new Counts(100, 25, 0, 0));
            assertThat(node.succeeds(40).counts().failures()).isEqualTo(15);
        }

        @Test
        void keepsAllItsCallsWhenTimeGivesWayToALargerCount() {
            Node node =
                    alone(BreakerConfig.builder().minimumNumberOfCalls(1000)).succeeds(13);
            for (int i = 0; i < 7; i++) {
                node.breaker.acquire().success(1);
                node.breaker.acquire().failure(down, 1);
            }
            node.with(config -> byCount(config, 100));
            assertThat(node.counts()).isEqualTo(new Counts(27, 7, 0, 1));
        }

        @Test
        void keepsItsTallyWhenCountGivesWayToTime() {
            Node node = alone(byCount(BreakerConfig.builder(), 20))
                    .succeeds(3)
                    .fails(2)
                    .with(config -> config.slidingWindowType(SlidingWindowType.TIME_BASED)
                            .slidingWindowSize(10));
            assertThat(node.counts()).isEqualTo(new Counts(5, 2, 0, 2));
            afterSeconds(11);
            assertThat(node.counts().calls()).isZero();
        }

        @Test
        void ofAnOverrideThatOnlyCountsChangesToo() {
            Node node = alone();
            node.breaker.metricsOnly("", "ann", null);
            node.fails(3).with(config -> config.slidingWindowSize(60));
            afterSeconds(30);
            assertThat(node.counts().failures()).isEqualTo(3);
        }

        @Test
        void keepsSuccessesThatWereNotFoldedYet() {
            Node node = alone().succeeds(7).with(config -> config.slidingWindowSize(20));
            assertThat(node.counts().calls()).isEqualTo(7);
            assertThat(node.succeeds(2).counts().calls()).isEqualTo(9);
        }
    }

    @Nested
    class AnOpenCircuit {

        @Test
        void waitsAsItBeganAndTheNextTimeAsConfigured() {
            Node node = alone(LocalCircuit.fragile()).fails(1);
            node.with(config -> config.waitDurationInOpenState(Duration.ofSeconds(5)));
            assertThat(node.breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
            afterSeconds(30);
            node.fails(1);
            assertThat(node.state()).isEqualTo(OPEN);
            assertThat(node.breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(5));
        }

        @Test
        void makesAsManyProbesAsConfiguredWhenItsWaitEnds() {
            Node node = alone(LocalCircuit.fragile()).fails(1);
            node.with(config -> config.permittedNumberOfCallsInHalfOpenState(1));
            afterSeconds(30);
            node.breaker.acquire();
            assertThat(node.state()).isEqualTo(HALF_OPEN);
            node.with(config -> config.permittedNumberOfCallsInHalfOpenState(3));
            assertThat(node.breaker.tryAcquire()).isNull();
        }

        @Test
        void saysWhereItRejectsIfAsked() {
            Node node = alone(LocalCircuit.fragile()).fails(1);
            assertThat(node.breaker.rejection().getStackTrace()).isEmpty();
            node.with(config -> config.writableStackTrace(true));
            assertThat(node.breaker.rejection().getStackTrace()).isNotEmpty();
        }
    }

    @Nested
    class ARegistry {

        private final Map<String, BreakerConfig> configs = new ConcurrentHashMap<>();
        private final BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .configs(name -> Objects.requireNonNull(configs.get(name)))
                .build();

        @Test
        void tellsWhichCircuitsGoOnWithOtherSettings() {
            List<String> told = new ArrayList<>();
            registry.addListener(new BreakerListener() {
                @Override
                public void onReconfigured(BreakerEvent.Reconfigured event) {
                    told.add(event.breaker());
                }
            });
            configs.put("same", BreakerConfig.defaults());
            configs.put("changed", BreakerConfig.defaults());
            configs.keySet().forEach(registry::breaker);
            configs.put(
                    "changed", BreakerConfig.builder().minimumNumberOfCalls(3).build());
            registry.reconfigure();
            assertThat(told).containsExactly("changed");
        }

        @Test
        void changesNoCircuitIfTheLastConfigurationIsInvalid() {
            AtomicInteger answers = new AtomicInteger();
            BreakerRegistry fallible = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> BreakerConfig.builder()
                            .minimumNumberOfCalls(answers.incrementAndGet() > 3 ? 20 : 10)
                            .failureRateThreshold(answers.get() == 6 ? 150 : 70)
                            .build())
                    .build();
            List<Breaker> breakers =
                    List.of(fallible.breaker("one"), fallible.breaker("two"), fallible.breaker("three"));
            assertThatThrownBy(fallible::reconfigure)
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("failureRateThreshold (150.0) for circuit breaker '");
            assertThat(answers).hasValue(6);
            assertThat(breakers)
                    .allSatisfy(breaker ->
                            assertThat(breaker.config().minimumNumberOfCalls()).isEqualTo(10));
        }

        @Test
        void changesOnlyTheCircuitsWhoseConfigurationChanged() {
            configs.put("one", BreakerConfig.defaults());
            configs.put("other", BreakerConfig.defaults());
            BreakerConfig before = registry.breaker("one").config();
            registry.breaker("other");
            configs.put("other", BreakerConfig.builder().minimumNumberOfCalls(3).build());
            registry.reconfigure();
            assertThat(registry.breaker("one").config()).isSameAs(before);
            assertThat(registry.breaker("other").config().minimumNumberOfCalls())
                    .isEqualTo(3);
        }

        @Test
        void givesTheNewConfigurationToACircuitThatIsBeingCreated() {
            AtomicBoolean changed = new AtomicBoolean();
            AtomicReference<BreakerRegistry> late = new AtomicReference<>();
            late.set(BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> {
                        int calls = changed.get() ? 20 : 10;
                        if (changed.compareAndSet(false, true)) {
                            Objects.requireNonNull(late.get()).reconfigure();
                        }
                        return BreakerConfig.builder()
                                .minimumNumberOfCalls(calls)
                                .build();
                    })
                    .build());
            assertThat(Objects.requireNonNull(late.get())
                            .breaker("partner")
                            .config()
                            .minimumNumberOfCalls())
                    .isEqualTo(20);
        }
    }

    @Nested
    class ASharedCircuit {

        @Test
        void tellsTheNewWindowAllThatItCounted() {
            Node one = sharing("one").succeeds(6);
            Node two = sharing("two").succeeds(5).fails(2);
            afterSeconds(2);
            one.succeeds(1).with(config -> config.slidingWindowSize(120));
            assertThat(one.counts().calls()).isEqualTo(7);
            two.with(config -> config.slidingWindowSize(120));
            afterSeconds(2);
            assertThat(one.counts()).isEqualTo(new Counts(14, 2, 0, 2));
            assertThat(two.counts()).isEqualTo(new Counts(14, 2, 0, 2));
        }

        @Test
        void countsNothingTwiceWhenItReturnsToAWindow() {
            Node one = sharing("one").succeeds(6);
            Node two = sharing("two").succeeds(3);
            afterSeconds(2);
            one.succeeds(2).with(config -> config.slidingWindowSize(120)).succeeds(4);
            afterSeconds(2);
            one.succeeds(1).with(config -> config.slidingWindowSize(60));
            afterSeconds(2);
            assertThat(two.counts().calls()).isEqualTo(16);
            one.with(config -> config.slidingWindowSize(120));
            afterSeconds(2);
            assertThat(one.counts().calls()).isEqualTo(13);
        }

        @Test
        void isHeardInAWindowThatItLeftLongAgo() {
            Node one = sharing("one").succeeds(6);
            afterSeconds(1);
            for (int size = 61; size < 70; size++) {
                int next = size;
                one.with(config -> config.slidingWindowSize(next));
                afterSeconds(1);
            }
            one.succeeds(1).with(config -> config.slidingWindowSize(60));
            afterSeconds(1);
            assertThat(one.counts().calls()).isGreaterThanOrEqualTo(7);
        }

        @ParameterizedTest
        @EnumSource(
                value = Fault.class,
                names = {"DOWN", "HUNG", "REPLY_LOST"})
        void keepsWhatTheStoreWasNotTold(Fault fault) {
            Node one = sharing("one").succeeds(1);
            afterSeconds(2);
            store.fault = fault;
            one.succeeds(5).fails(1);
            afterSeconds(2);
            one.with(config -> config.slidingWindowSize(120)).fails(1);
            store.fault = Fault.NONE;
            afterSeconds(10);
            Node late = new Node("late", true, one.breaker.config().toBuilder());
            afterSeconds(2);
            assertThat(late.counts()).isEqualTo(new Counts(8, 2, 0, 2));
        }

        @Test
        void doesNotOpenUntilTheNextFailure() {
            Node one = sharing("one").fails(4);
            Node two = sharing("two").fails(4);
            one.with(config -> config.minimumNumberOfCalls(5));
            two.with(config -> config.minimumNumberOfCalls(5).slidingWindowSize(120));
            one.with(config -> config.slidingWindowSize(120));
            afterSeconds(5);
            assertThat(one.state()).isEqualTo(CLOSED);
            assertThat(two.state()).isEqualTo(CLOSED);
            one.fails(1);
            assertThat(two.state()).isEqualTo(OPEN);
        }

        @Test
        void doesNotOpenOnFailuresThatTheStoreHasYetToCount() {
            sharing("two").fails(4);
            Node one = sharing("one");
            afterSeconds(2);
            one.fails(4).with(config -> config.minimumNumberOfCalls(5));
            afterSeconds(5);
            assertThat(one.state()).isEqualTo(CLOSED);
            assertThat(one.fails(1).state()).isEqualTo(OPEN);
        }

        @Test
        void staysOneCircuitWithInstancesThatHaveTheOldWindow() {
            Node one = sharing("one");
            Node two = sharing("two");
            one.with(config -> config.slidingWindowSize(120).consecutiveFailureThreshold(3))
                    .fails(3);
            afterSeconds(1);
            assertThat(two.state()).isEqualTo(OPEN);
            two.with(config -> config.slidingWindowSize(120));
            assertThat(two.state()).isEqualTo(OPEN);
            assertThat(two.breaker.snapshot().epoch())
                    .isEqualTo(one.breaker.snapshot().epoch());
        }

        @Test
        void staysSharedOrUnshared() {
            Node one = sharing("one");
            one.with(config -> config.sharing(false).minimumNumberOfCalls(3));
            assertThat(one.breaker.config().sharing()).isTrue();
            assertThat(one.breaker.config().minimumNumberOfCalls()).isEqualTo(3);
            assertThat(one.breaker.snapshot().sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
        }

        @Test
        void takesAnOpeningBackInTheNewWindow() {
            BreakerConfig.Builder config =
                    BreakerConfig.builder().slidingWindowSize(60).minimumNumberOfCalls(9);
            Node one = new Node("one", true, config);
            new Node("two", true, config).fails(6);
            afterSeconds(2);
            store.fault = Fault.HELD;
            one.succeeds(2).fails(1);
            assertThat(one.state()).isEqualTo(OPEN);
            one.with(other -> other.slidingWindowSize(120));
            store.proceed();
            assertThat(one.state()).isEqualTo(CLOSED);
            store.fault = Fault.DOWN;
            afterSeconds(70);
            assertThat(one.counts()).isEqualTo(new Counts(3, 1, 0, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void losesNoCallWhileItChangesUnderLoad(boolean shared) throws Exception {
        List<BreakerConfig> both = List.of(
                BreakerConfig.builder()
                        .slidingWindowSize(600)
                        .minimumNumberOfCalls(Integer.MAX_VALUE)
                        .build(),
                BreakerConfig.builder()
                        .slidingWindowSize(900)
                        .minimumNumberOfCalls(Integer.MAX_VALUE)
                        .slowCallDurationThreshold(Duration.ofMinutes(1))
                        .build());
        AtomicReference<BreakerConfig> config = new AtomicReference<>(both.get(0));
        BreakerRegistry.Builder builder = BreakerRegistry.builder()
                .configs(name -> Objects.requireNonNull(config.get()))
                .syncInterval(Duration.ofMillis(10));
        try (InMemoryStore real = new InMemoryStore(Ticker.system());
                BreakerRegistry registry = (shared ? builder.store(real) : builder).build()) {
            Breaker breaker = registry.breaker("partner");
            LongAdder calls = new LongAdder();
            LongAdder failures = new LongAdder();
            ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int call = 0; !over.get(); call++) {
                            calls.increment();
                            boolean fails = call % 50 == 0;
                            Outcome outcome = breaker.acquire()
                                    .complete(null, fails ? down : null, breaker.elapsedNanos(breaker.startNanos()));
                            failures.add(outcome == Outcome.FAILURE ? 1 : 0);
                        }
                    } catch (Throwable fault) {
                        faults.add(fault);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (int change = 1; change <= 2001; change++) {
                config.set(both.get(change % 2));
                registry.reconfigure();
            }
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(faults).isEmpty();
            assertThat(breaker.state()).isEqualTo(CLOSED);
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                Counts counts = breaker.snapshot().counts();
                assertThat(counts.calls()).isEqualTo(calls.sum());
                assertThat(counts.failures()).isEqualTo(failures.sum());
                assertThat(counts.slow()).isZero();
            });
        }
    }
}
