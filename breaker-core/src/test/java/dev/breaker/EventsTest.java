package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.DISABLED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.sun.management.ThreadMXBean;
import dev.breaker.FaultyStore.Fault;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventsTest {

    /** Does one thing on every event. */
    private record Listener(Consumer<BreakerEvent> action) implements BreakerListener {

        @Override
        public void onTransition(BreakerEvent.Transition event) {
            action.accept(event);
        }

        @Override
        public void onRejected(BreakerEvent.Rejected event) {
            action.accept(event);
        }

        @Override
        public void onSuccess(BreakerEvent.Success event) {
            action.accept(event);
        }

        @Override
        public void onFailure(BreakerEvent.Failure event) {
            action.accept(event);
        }

        @Override
        public void onIgnored(BreakerEvent.Ignored event) {
            action.accept(event);
        }

        @Override
        public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
            action.accept(event);
        }

        @Override
        public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
            action.accept(event);
        }
    }

    private static final List<String> heard = new ArrayList<>();

    private static class ListenerOfFailures implements BreakerListener {

        @Override
        public void onFailure(BreakerEvent.Failure event) {
            heard.add("superclass");
        }
    }

    private static final class InheritingListener extends ListenerOfFailures {}

    private interface ListenerByDefault extends BreakerListener {

        @Override
        default void onFailure(BreakerEvent.Failure event) {
            heard.add("interface");
        }
    }

    private final LocalCircuit circuit = new LocalCircuit(fragile());
    private final List<BreakerEvent> told = new ArrayList<>();

    EventsTest() {
        heard.clear();
    }

    private static BreakerEvent.Transition moved(BreakerState from, BreakerState to, String cause) {
        return new BreakerEvent.Transition(
                "partner", from, to, cause, BreakerScope.INSTANCE, 0, true, to == OPEN ? "IOException: down" : null);
    }

    @Nested
    class OfCalls {

        OfCalls() {
            circuit.registry.addListener(new Listener(told::add));
        }

        @Test
        void tellOfASuccess() {
            circuit.succeeds(1, Duration.ofSeconds(3));
            assertThat(told).containsExactly(new BreakerEvent.Success("partner", 0));
        }

        @Test
        void tellOfAFailureWithoutItsWrapper() {
            circuit.breaker.acquire().complete(null, new CompletionException(circuit.down), 0);
            assertThat(told).contains(new BreakerEvent.Failure("partner", circuit.down, 0));
        }

        @Test
        void tellOfARejectionAndTheStateThatRejects() {
            circuit.fails(1);
            circuit.rejects();
            circuit.breaker.forceOpen("", "ann", null);
            circuit.rejects();
            assertThat(told)
                    .contains(
                            new BreakerEvent.Rejected("partner", OPEN),
                            new BreakerEvent.Rejected("partner", FORCED_OPEN));
        }

        @Test
        void tellOfAnIgnoredCallAndWhatItThrew() {
            CancellationException cancelled = new CancellationException();
            circuit.breaker.acquire().ignore();
            circuit.breaker.acquire().complete(null, cancelled, 0);
            assertThat(told)
                    .containsExactly(
                            new BreakerEvent.Ignored("partner", null, 0),
                            new BreakerEvent.Ignored("partner", cancelled, 0));
        }

        @Test
        void tellTheDurationsOfTimedCalls() {
            LocalCircuit timed =
                    new LocalCircuit(BreakerConfig.builder().slowCallDurationThreshold(Duration.ofSeconds(1)));
            timed.registry.addListener(new Listener(told::add));
            CancellationException cancelled = new CancellationException();
            timed.succeeds(1, Duration.ofNanos(7)).fails(1, Duration.ofNanos(8));
            timed.breaker.acquire().complete(null, cancelled, 9);
            assertThat(told)
                    .containsExactly(
                            new BreakerEvent.Success("partner", 7),
                            new BreakerEvent.Failure("partner", timed.down, 8),
                            new BreakerEvent.Ignored("partner", cancelled, 9));
        }

        @Test
        void tellOfProbesToo() {
            circuit.fails(1).afterSeconds(30);
            told.clear();
            circuit.succeeds(1);
            circuit.breaker.acquire().ignore();
            circuit.fails(1);
            assertThat(told)
                    .contains(
                            new BreakerEvent.Success("partner", 0),
                            new BreakerEvent.Ignored("partner", null, 0),
                            new BreakerEvent.Failure("partner", circuit.down, 0));
        }

        @Test
        void areNotToldWhenDisabled() {
            circuit.breaker.disable("", "ann", null);
            told.clear();
            circuit.succeeds(1).fails(1);
            assertThat(told).isEmpty();
        }
    }

    @Nested
    class OfTransitions {

        @Test
        void tellFromWhereToWhereAndWhyInOrder() {
            circuit.fails(1).afterSeconds(30).fails(1).afterSeconds(30).succeeds(2);
            assertThat(circuit.transitions)
                    .containsExactly(
                            moved(CLOSED, OPEN, "1 failures in a row"),
                            moved(OPEN, HALF_OPEN, "the wait is over"),
                            moved(HALF_OPEN, OPEN, "1 of 1 probes failed"),
                            moved(OPEN, HALF_OPEN, "the wait is over"),
                            moved(HALF_OPEN, CLOSED, "2 of 2 probes succeeded"));
        }

        @Test
        void tellTheRateThatOpenedTheCircuit() {
            LocalCircuit byRate = new LocalCircuit(BreakerConfig.builder());
            byRate.succeeds(4).fails(6);
            assertThat(byRate.transitions)
                    .containsExactly(moved(CLOSED, OPEN, "failure rate 60.0% of 10 calls, threshold 50.0%"));
        }

        @Test
        void tellOfOverridesWithActorAndReason() {
            circuit.breaker.forceOpen("partner migrates", "ann", null);
            circuit.breaker.disable("", "bob", null);
            circuit.breaker.release("done", "ann");
            assertThat(circuit.transitions)
                    .extracting(
                            BreakerEvent.Transition::from,
                            BreakerEvent.Transition::to,
                            BreakerEvent.Transition::cause,
                            BreakerEvent.Transition::scope)
                    .containsExactly(
                            tuple(CLOSED, FORCED_OPEN, "override by ann: partner migrates", BreakerScope.CLUSTER),
                            tuple(FORCED_OPEN, DISABLED, "override by bob", BreakerScope.CLUSTER),
                            tuple(DISABLED, CLOSED, "released by ann: done", BreakerScope.CLUSTER));
        }

        @Test
        void doNotTellOfTheAutomaticStateUnderAnOverride() {
            circuit.breaker.metricsOnly("trial", "ann", null);
            circuit.transitions.clear();
            circuit.fails(5).afterSeconds(60);
            circuit.breaker.reset("", "ann");
            assertThat(circuit.transitions).isEmpty();
        }

        @Test
        void keepTheirOrderWhenAListenerMovesTheCircuit() {
            List<BreakerState> seen = new ArrayList<>();
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .configs(name -> fragile().build())
                    .build();
            Breaker breaker = registry.breaker("partner");
            registry.addListener(new BreakerListener() {
                @Override
                public void onTransition(BreakerEvent.Transition event) {
                    if (event.to() == OPEN) {
                        breaker.reset("not this one", "listener");
                    }
                }
            });
            registry.addListener(new BreakerListener() {
                @Override
                public void onTransition(BreakerEvent.Transition event) {
                    seen.add(event.to());
                }
            });
            breaker.acquire().failure(circuit.down, 0);
            assertThat(seen).containsExactly(OPEN, CLOSED);
        }
    }

    @Nested
    class OfSharing {

        @Test
        void tellOncePerOutageWhatWentWrongAndHowLong() {
            Cluster cluster = new Cluster(1, BreakerConfig.builder());
            cluster.afterSeconds(5);
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(60);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(60);
            List<BreakerEvent> events = cluster.node(0).sharing;
            assertThat(events).hasSize(2);
            assertThat(events.get(0)).isEqualTo(new BreakerEvent.SharingDegraded("partner", "connection refused"));
            assertThat(events.get(1)).isInstanceOfSatisfying(BreakerEvent.SharingRecovered.class, recovered -> {
                assertThat(recovered.breaker()).isEqualTo("partner");
                assertThat(recovered.outage()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(120));
            });
        }
    }

    @Nested
    class Listeners {

        @Test
        void areToldNothingAfterTheirRemoval() {
            Listener listener = new Listener(told::add);
            circuit.registry.addListener(listener);
            circuit.succeeds(1);
            circuit.registry.removeListener(listener);
            circuit.succeeds(1).fails(1);
            assertThat(told).hasSize(1);
        }

        @Test
        void mayAskTheCircuitFromAnotherThreadWhileTheyAreTold() {
            List<BreakerSnapshot> answers = new ArrayList<>();
            circuit.registry.addListener(
                    new Listener(event -> answers.add(CompletableFuture.supplyAsync(circuit.breaker::snapshot)
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join())));
            circuit.succeeds(1).fails(1).afterSeconds(30).succeeds(1);
            circuit.breaker.acquire().ignore();
            circuit.succeeds(1);
            circuit.breaker.forceOpen("", "ann", null);
            circuit.rejects();
            assertThat(circuit.state()).isEqualTo(FORCED_OPEN);
            assertThat(answers).hasSizeGreaterThan(8);
        }

        /* Measured in bytes because nothing else shows whether an event was built. */
        @Test
        void costNothingWhereThereAreNone() {
            BreakerRegistry quiet =
                    BreakerRegistry.builder().ticker(new ManualTicker()).build();
            Breaker breaker = quiet.breaker("partner");
            assertThat(bytesOfThousandCalls(breaker)).isLessThan(1000);
            quiet.addListener(new Listener(event -> {}));
            assertThat(bytesOfThousandCalls(breaker)).isGreaterThan(10_000);
        }

        @Test
        void costNothingWhereTheyWantOtherEvents() {
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .listener(circuit)
                    .listener(new BreakerListener() {
                        @Override
                        public void onFailure(BreakerEvent.Failure event) {
                            told.add(event);
                        }
                    })
                    .build();
            assertThat(bytesOfThousandCalls(registry.breaker("partner"))).isLessThan(1000);
        }

        @Test
        void areToldWhatAnInterfaceOrASuperclassOfTheirsWants() {
            circuit.registry.addListener(new InheritingListener());
            circuit.registry.addListener(new ListenerByDefault() {});
            circuit.fails(1);
            assertThat(heard).containsExactly("superclass", "interface");
        }

        @Test
        void areToldThroughAProxy() {
            BreakerListener proxy = (BreakerListener) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {BreakerListener.class}, (self, method, arguments) -> {
                        heard.add(method.getName());
                        return null;
                    });
            circuit.registry.addListener(proxy);
            circuit.succeeds(1);
            assertThat(heard).containsExactly("onSuccess");
        }

        private long bytesOfThousandCalls(Breaker breaker) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            breaker.acquire().success(0);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                breaker.acquire().success(0);
            }
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
    }

    @Nested
    class FaultyListener {

        static Stream<Throwable> faults() {
            return Stream.of(
                    new IllegalStateException("a bug"),
                    new AssertionError("a bug"),
                    new NoClassDefFoundError("a bug"),
                    new StackOverflowError("a bug"),
                    new IOException("a bug"));
        }

        private LocalCircuit faulty(Throwable fault) {
            LocalCircuit faulty = new LocalCircuit(fragile());
            faulty.registry.addListener(new Listener(event -> sneak(fault)));
            faulty.registry.addListener(new Listener(told::add));
            return faulty;
        }

        @ParameterizedTest
        @MethodSource("faults")
        void harmsNeitherTheCallNorOtherListeners(Throwable fault) throws Exception {
            LocalCircuit faulty = faulty(fault);
            assertThat(faulty.breaker.call(() -> "offer")).isEqualTo("offer");
            faulty.fails(1);
            assertThat(faulty.rejects()).isTrue();
            assertThat(told)
                    .hasExactlyElementsOfTypes(
                            BreakerEvent.Success.class,
                            BreakerEvent.Transition.class,
                            BreakerEvent.Failure.class,
                            BreakerEvent.Rejected.class);
        }

        @ParameterizedTest
        @MethodSource("faults")
        void doesNotStopTheCircuit(Throwable fault) {
            LocalCircuit faulty = faulty(fault);
            faulty.fails(1).afterSeconds(30).succeeds(2).fails(1);
            assertThat(faulty.state()).isEqualTo(OPEN);
            assertThat(told)
                    .filteredOn(BreakerEvent.Transition.class::isInstance)
                    .hasSize(4);
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void sneak(Throwable thrown) throws T {
            throw (T) thrown;
        }
    }
}
