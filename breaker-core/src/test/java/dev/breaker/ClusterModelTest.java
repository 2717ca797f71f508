package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of a cluster on the manual clock: calls, outcomes of any age, outages, losses of data, operators and restarts.
 * What must hold is checked after every step, and at the end, when all faults are over, that all instances agree, that the
 * circuit can be closed by healthy traffic and that bad calls on one instance open it on all. A failure names its seed;
 * {@code -Dbreaker.model.sequences=100000} looks further, {@code -Dbreaker.model.first} elsewhere.
 */
class ClusterModelTest {

    private static final int STEPS = 120;

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("breaker.model.sequences", 150))
                .map(sequence -> Integer.getInteger("breaker.model.first", 0) + sequence);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void holdsWhateverHappens(int seed) {
        new Life(seed).live();
    }

    private static final class Life {

        private final Random random;
        private final BreakerConfig config;
        private final Cluster cluster;
        private final List<Permit> running = new ArrayList<>();
        private final IdentityHashMap<Permit, Long> admitted = new IdentityHashMap<>();
        private final Set<Node> dead = new HashSet<>();

        Life(int seed) {
            random = new Random(seed);
            BreakerConfig.Builder builder = config();
            config = builder.build();
            cluster = new Cluster(1 + random.nextInt(5), builder);
        }

        private BreakerConfig.Builder config() {
            BreakerConfig.Builder builder = BreakerConfig.builder()
                    .slidingWindowSize(5 + random.nextInt(20))
                    .minimumNumberOfCalls(1 + random.nextInt(5))
                    .failureRateThreshold(random.nextBoolean() ? 50 : 100)
                    .consecutiveFailureThreshold(random.nextInt(5))
                    .failureCountThreshold(random.nextBoolean() ? 0 : 5)
                    .permittedNumberOfCallsInHalfOpenState(1 + random.nextInt(4))
                    .waitDurationInOpenState(Duration.ofSeconds(5 + random.nextInt(20)))
                    .automaticTransition(random.nextInt(4) == 0)
                    .halfOpenAcquireTimeout(Duration.ZERO)
                    .probeLease(Duration.ofSeconds(1 + random.nextInt(10)));
            if (random.nextInt(3) == 0) {
                builder.slidingWindowType(SlidingWindowType.COUNT_BASED);
            }
            if (random.nextInt(3) == 0) {
                builder.slowCallDurationThreshold(Duration.ofSeconds(1));
            }
            if (random.nextInt(3) == 0) {
                builder.maxWaitDurationInHalfOpenState(Duration.ofSeconds(3 + random.nextInt(20)));
            }
            if (random.nextInt(3) == 0) {
                builder.exponentialBackoffMultiplier(2).randomizedWaitFactor(0.5);
            }
            return builder;
        }

        void live() {
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            settle();
        }

        private void step() {
            Node node = living();
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3 -> call(node, 1 + random.nextInt(4));
                case 4, 5, 6 -> node.fails(1 + random.nextInt(4));
                case 7, 8 -> node.succeeds(1 + random.nextInt(4));
                case 9, 10 -> finish();
                case 11, 12, 13 -> cluster.after(Duration.ofMillis(random.nextInt(1500)));
                case 14 -> cluster.afterSeconds(random.nextInt(30));
                case 15 -> breakStore();
                case 16 -> repairStore();
                case 17 -> operate(node.breaker);
                case 18 -> cluster.store.deaf = random.nextBoolean();
                case 19 -> rarely(node);
                default -> throw new AssertionError();
            }
        }

        private Node living() {
            List<Node> living =
                    cluster.nodes.stream().filter(node -> !dead.contains(node)).toList();
            return living.get(random.nextInt(living.size()));
        }

        private void call(Node node, int times) {
            for (int i = 0; i < times; i++) {
                Permit permit = node.breaker.tryAcquire();
                if (permit != null) {
                    running.add(permit);
                    admitted.put(permit, cluster.ticker.read());
                }
            }
        }

        private void finish() {
            int some = random.nextInt(running.size() + 1);
            for (int i = 0; i < some; i++) {
                Permit permit = running.remove(random.nextInt(running.size()));
                switch (random.nextInt(4)) {
                    case 0 -> permit.success(0);
                    case 1 -> permit.success(Duration.ofSeconds(2).toNanos());
                    case 2 -> permit.failure(new IOException("down"), 0);
                    default -> permit.ignore();
                }
            }
        }

        private void breakStore() {
            Fault[] faults = Fault.values();
            cluster.store.fault = faults[random.nextInt(faults.length)];
        }

        private void repairStore() {
            cluster.store.fault = Fault.NONE;
        }

        private void operate(Breaker breaker) {
            Duration expiry = random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(60));
            switch (random.nextInt(6)) {
                case 0 -> breaker.forceOpen("model", "ann", expiry);
                case 1 -> breaker.disable("model", "ann", expiry);
                case 2 -> breaker.metricsOnly("model", "ann", expiry);
                case 3, 4 -> breaker.release("model", "ann");
                default -> breaker.reset("model", "ann");
            }
        }

        private void rarely(Node node) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    cluster.memory.clear();
                    cluster.after(Duration.ofMillis(1));
                }
                case 1 -> cluster.join();
                default -> {
                    node.registry.close();
                    dead.add(node);
                    cluster.join();
                }
            }
        }

        private void check() {
            for (Node node : cluster.nodes) {
                BreakerSnapshot snapshot = node.breaker.snapshot();
                BreakerSnapshot.Counts counts = snapshot.counts();
                assertThat(counts.calls()).isNotNegative();
                assertThat(counts.failures()).isBetween(0L, counts.calls());
                assertThat(counts.slow()).isBetween(0L, counts.calls());
                if (config.slidingWindowType() == SlidingWindowType.COUNT_BASED) {
                    assertThat(counts.calls()).isLessThanOrEqualTo(config.slidingWindowSize());
                }
                assertChained(node);
            }
            assertThat(probesByStay().values())
                    .allSatisfy(probes ->
                            assertThat(probes).isLessThanOrEqualTo(config.permittedNumberOfCallsInHalfOpenState()));
        }

        /* Those that still have their lease. */
        private Map<Long, Long> probesByStay() {
            long oldest = cluster.ticker.read() - config.probeLease().toNanos();
            return running.stream()
                    .filter(permit -> admitted.get(permit) > oldest)
                    .filter(ProbeLeases.Probe.class::isInstance)
                    .collect(Collectors.groupingBy(
                            permit -> ((ProbeLeases.Probe) permit).epoch(), Collectors.counting()));
        }

        /* Each transition starts where the one before it ended. */
        private static void assertChained(Node node) {
            BreakerState state = BreakerState.CLOSED;
            for (BreakerEvent.Transition transition : node.transitions) {
                assertThat(transition.from()).isEqualTo(state);
                assertThat(transition.to()).isNotEqualTo(state);
                state = transition.to();
            }
        }

        /* The store is well, no operator interferes, and the partner answers: all must come back and agree. */
        private void settle() {
            cluster.store.fault = Fault.NONE;
            cluster.store.deaf = false;
            cluster.afterSeconds(10);
            List<BreakerState> visible = states();
            assertThat(visible.stream().filter(ClusterModelTest::isOverride).distinct())
                    .as("all or none follow an override: %s", visible)
                    .hasSizeLessThanOrEqualTo(1);
            living().breaker.release("model is over", "ann");
            cluster.afterSeconds(5);
            for (int i = 0; i < 400 && !states().stream().allMatch(BreakerState.CLOSED::equals); i++) {
                cluster.nodes.stream().filter(node -> !dead.contains(node)).forEach(node -> node.succeeds(1));
                cluster.afterSeconds(1);
            }
            assertThat(states()).containsOnly(BreakerState.CLOSED);
            assertThat(livingNodes()
                            .map(node -> node.breaker.snapshot().epoch())
                            .distinct())
                    .hasSize(1);
            assertThat(livingNodes().map(node -> node.registry.sharing())).containsOnly(BreakerSnapshot.Sharing.ACTIVE);
            assertSameCounts();
            livingNodes()
                    .forEach(node -> assertThat(
                                    node.transitions.isEmpty()
                                            ? BreakerState.CLOSED
                                            : node.transitions
                                                    .get(node.transitions.size() - 1)
                                                    .to())
                            .isEqualTo(BreakerState.CLOSED));
            if (config.slidingWindowType() == SlidingWindowType.TIME_BASED) {
                assertOpensTogether();
            }
        }

        private void assertSameCounts() {
            cluster.afterSeconds(60);
            livingNodes().toList().get(0).succeeds(3);
            cluster.afterSeconds(2);
            assertThat(livingNodes()
                            .map(node -> node.breaker.snapshot().counts())
                            .distinct())
                    .hasSize(1);
        }

        /* Nobody remembers failures in a row, and nobody's successes are left in the window. */
        private void assertOpensTogether() {
            livingNodes().forEach(node -> node.succeeds(1));
            cluster.afterSeconds(60);
            Breaker sick = living().breaker;
            boolean slow = config.slowCallDurationThreshold() != null;
            Permit permit;
            for (int i = 0; i < 30 && (permit = sick.tryAcquire()) != null; i++) {
                if (slow) {
                    permit.success(Duration.ofSeconds(2).toNanos());
                } else {
                    permit.failure(new IOException("down"), 0);
                }
            }
            cluster.afterSeconds(1);
            assertThat(states()).as("slow: %s", slow).containsOnly(BreakerState.OPEN);
        }

        private Stream<Node> livingNodes() {
            return cluster.nodes.stream().filter(node -> !dead.contains(node));
        }

        private List<BreakerState> states() {
            return livingNodes().map(Node::state).toList();
        }
    }

    private static boolean isOverride(BreakerState state) {
        return state == BreakerState.FORCED_OPEN
                || state == BreakerState.DISABLED
                || state == BreakerState.METRICS_ONLY;
    }
}
