package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStoreListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads on the real clock in front of a store that answers out of order, late, or with a failure. */
class ConcurrencyStressTest {

    private static final int THREADS = 4;

    private final UnsteadyStore store = new UnsteadyStore();
    private final List<BreakerRegistry> registries = new ArrayList<>();
    private final ConcurrentLinkedQueue<BreakerEvent.Transition> transitions = new ConcurrentLinkedQueue<>();

    private List<Breaker> cluster(int size, BreakerConfig config) {
        List<Breaker> breakers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            BreakerRegistry registry = BreakerRegistry.builder()
                    .store(store)
                    .instance("node-" + i)
                    .configs(name -> config)
                    .syncInterval(Duration.ofMillis(20))
                    .pollInterval(Duration.ofMillis(50))
                    .listener(new BreakerListener() {
                        @Override
                        public void onTransition(BreakerEvent.Transition event) {
                            transitions.add(event);
                        }
                    })
                    .build();
            registries.add(registry);
            breakers.add(registry.breaker("partner"));
        }
        return breakers;
    }

    @AfterEach
    void close() {
        registries.forEach(BreakerRegistry::close);
        store.close();
    }

    /** Lets threads do something for a while, each with all breakers. */
    private static void forAWhile(Duration time, Runnable work) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                try {
                    while (System.nanoTime() < end) {
                        work.run();
                    }
                } catch (Throwable fault) {
                    faults.add(fault);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(faults).isEmpty();
    }

    private static <T> T any(List<T> list) {
        return list.get(ThreadLocalRandom.current().nextInt(list.size()));
    }

    private static boolean chance(int percent) {
        return ThreadLocalRandom.current().nextInt(100) < percent;
    }

    @Test
    void losesAndRepeatsNoOutcomeWhileRepliesAreLateOrLost() throws Exception {
        BreakerConfig config = BreakerConfig.builder().slidingWindowSize(600).build();
        List<Breaker> breakers = cluster(3, config);
        LongAdder calls = new LongAdder();
        LongAdder failures = new LongAdder();
        store.failing = 20;
        forAWhile(Duration.ofMillis(1500), () -> {
            Permit permit = any(breakers).acquire();
            calls.increment();
            if (chance(5)) {
                failures.increment();
                permit.failure(new IOException("down"), 0);
            } else {
                permit.success(0);
            }
        });
        store.failing = 0;
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(breakers).allSatisfy(breaker -> {
                    assertThat(breaker.snapshot().counts().calls()).isEqualTo(calls.sum());
                    assertThat(breaker.snapshot().counts().failures()).isEqualTo(failures.sum());
                }));
    }

    @Test
    void makesNoMoreProbesThanPermittedInAnyStay() throws Exception {
        int permitted = 3;
        BreakerConfig config = BreakerConfig.builder()
                .consecutiveFailureThreshold(3)
                .waitDurationInOpenState(Duration.ofMillis(20))
                .permittedNumberOfCallsInHalfOpenState(permitted)
                .build();
        List<Breaker> breakers = cluster(4, config);
        Map<Long, AtomicInteger> probes = new ConcurrentHashMap<>();
        forAWhile(Duration.ofMillis(1500), () -> {
            Breaker breaker = any(breakers);
            Permit permit = breaker.tryAcquire();
            if (permit == null) {
                return;
            }
            long epoch = permit instanceof ProbeLeases.Probe probe ? probe.epoch() : -1;
            AtomicInteger running = probes.computeIfAbsent(epoch, stay -> new AtomicInteger());
            int now = running.incrementAndGet();
            if (epoch >= 0) {
                assertThat(now).isLessThanOrEqualTo(permitted);
            }
            Thread.onSpinWait();
            if (epoch >= 0 && chance(10)) {
                running.decrementAndGet();
                permit.ignore();
            } else if (chance(60)) {
                permit.failure(new IOException("down"), 0);
            } else {
                permit.success(0);
            }
        });
        assertThat(probes.size()).as("half-open stays").isGreaterThan(5);
        comesBack(breakers);
        assertAnnouncedOnce();
    }

    @Test
    void convergesAfterOutagesOverridesAndResets() throws Exception {
        BreakerConfig config = BreakerConfig.builder()
                .minimumNumberOfCalls(5)
                .waitDurationInOpenState(Duration.ofMillis(30))
                .maxWaitDurationInHalfOpenState(Duration.ofMillis(200))
                .permittedNumberOfCallsInHalfOpenState(2)
                .probeLease(Duration.ofMillis(100))
                .halfOpenAcquireTimeout(Duration.ofMillis(5))
                .build();
        List<Breaker> breakers = cluster(4, config);
        forAWhile(Duration.ofSeconds(2), () -> {
            Breaker breaker = any(breakers);
            if (ThreadLocalRandom.current().nextInt(20_000) == 0) {
                store.failing = any(List.of(0, 0, 10, 50, 100));
                switch (ThreadLocalRandom.current().nextInt(6)) {
                    case 0 -> breaker.forceOpen("stress", "ann", Duration.ofMillis(30));
                    case 1 -> breaker.metricsOnly("stress", "ann", null);
                    case 2 -> breaker.release("stress", "ann");
                    case 3 -> breaker.reset("stress", "ann");
                    case 4 -> store.memory.clear();
                    default -> breaker.snapshot();
                }
            }
            Permit permit = breaker.tryAcquire();
            if (permit != null && !chance(1)) {
                if (chance(50)) {
                    permit.failure(new IOException("down"), 0);
                } else {
                    permit.success(0);
                }
            }
        });
        store.failing = 0;
        comesBack(breakers);
    }

    private void comesBack(List<Breaker> breakers) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    /* Of two decisions made at the same moment either may win; whoever sees the other one decides again. */
                    breakers.stream()
                            .filter(breaker -> breaker.state().isOverride())
                            .findAny()
                            .ifPresent(breaker -> breaker.release("stress is over", "ann"));
                    for (Breaker breaker : breakers) {
                        for (int i = 0; i < 20; i++) {
                            Permit permit = breaker.tryAcquire();
                            if (permit != null) {
                                permit.success(0);
                            }
                        }
                    }
                    assertThat(breakers)
                            .allSatisfy(breaker -> assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED));
                    assertThat(breakers.stream()
                                    .map(breaker -> breaker.snapshot().epoch())
                                    .distinct())
                            .hasSize(1);
                });
    }

    private void assertAnnouncedOnce() {
        assertThat(transitions.stream()
                        .filter(event -> event.announcer() && event.scope() == BreakerScope.CLUSTER)
                        .map(BreakerEvent.Transition::epoch))
                .doesNotHaveDuplicates();
    }

    /** Answers from a pool of threads, in any order, after up to some milliseconds; fails before or after doing its work. */
    private static final class UnsteadyStore extends InterceptedStore {

        final InMemoryStore memory;
        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
        volatile int failing;

        UnsteadyStore() {
            this(new InMemoryStore(Ticker.system()));
        }

        private UnsteadyStore(InMemoryStore memory) {
            super(memory);
            this.memory = memory;
        }

        @Override
        <T> CompletionStage<T> run(String name, Supplier<CompletionStage<T>> operation) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            later(() -> {
                boolean fails = chance(failing);
                if (fails && chance(50)) {
                    answer.completeExceptionally(new IOException("refused"));
                    return;
                }
                T reply = operation.get().toCompletableFuture().join();
                later(() -> {
                    if (fails) {
                        answer.completeExceptionally(new IOException("reply lost"));
                    } else {
                        answer.complete(reply);
                    }
                });
            });
            return answer;
        }

        private void later(Runnable task) {
            if (!threads.isShutdown()) {
                threads.schedule(task, ThreadLocalRandom.current().nextInt(3000), TimeUnit.MICROSECONDS);
            }
        }

        @Override
        public void subscribe(SharedStoreListener listener) {
            super.subscribe(new SharedStoreListener() {
                @Override
                public void stateChanged(String breaker, SharedState state) {
                    if (!chance(failing)) {
                        later(() -> listener.stateChanged(breaker, state));
                    }
                }

                @Override
                public void overrideChanged(String breaker, SharedOverride override) {
                    if (!chance(failing)) {
                        later(() -> listener.overrideChanged(breaker, override));
                    }
                }

                @Override
                public void subscribed() {
                    listener.subscribed();
                }
            });
        }

        @Override
        public void close() {
            threads.shutdownNow();
            super.close();
        }
    }
}
