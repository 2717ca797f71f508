package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthProbeThreadsTest {

    private final CountDownLatch partnerIsBack = new CountDownLatch(1);
    private BreakerRegistry registry = BreakerRegistry.builder().build();

    @AfterEach
    void close() {
        partnerIsBack.countDown();
        registry.close();
    }

    private Breaker open(String name) {
        Breaker breaker = registry.breaker(name);
        breaker.acquire().failure(new IOException("down"), 0);
        return breaker;
    }

    private void use(BreakerConfig.Builder config) {
        BreakerConfig built = config.consecutiveFailureThreshold(1)
                .waitDurationInOpenState(Duration.ofMillis(1))
                .build();
        registry = BreakerRegistry.builder().configs(name -> built).build();
    }

    @Test
    void areDaemonsOfTheirOwn() {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        use(BreakerConfig.builder().healthProbe(() -> threads.add(Thread.currentThread())));
        Breaker breaker = open("partner");
        await().until(() -> breaker.state() == BreakerState.CLOSED);
        assertThat(threads).singleElement().satisfies(thread -> {
            assertThat(thread.getName()).isEqualTo("breaker-health-probe");
            assertThat(thread.isDaemon()).isTrue();
        });
    }

    @Test
    void areInterruptedWhenACheckTakesTooLong() {
        BlockingQueue<InterruptedException> interruptions = new LinkedBlockingQueue<>();
        use(BreakerConfig.builder().probeLease(Duration.ofMillis(20)).healthProbe(() -> {
            try {
                partnerIsBack.await();
            } catch (InterruptedException interrupted) {
                interruptions.add(interrupted);
                throw interrupted;
            }
        }));
        Breaker breaker = open("partner");
        await().until(() -> interruptions.size() > 1);
        partnerIsBack.countDown();
        await().until(() -> breaker.state() == BreakerState.CLOSED);
    }

    @Test
    void sayNothingThatCountsWhenTheMachineStoodStillUntilTheLeaseWasOver() {
        AtomicLong stoodStill = new AtomicLong();
        AtomicInteger checks = new AtomicInteger();
        Ticker ticker = () -> System.nanoTime() + stoodStill.get();
        BreakerConfig config = BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .waitDurationInOpenState(Duration.ofMillis(1))
                .healthProbe(() -> {
                    if (checks.incrementAndGet() == 1) {
                        stoodStill.set(Duration.ofSeconds(11).toNanos());
                    }
                })
                .build();
        registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(new InMemoryStore(ticker))
                .configs(name -> config)
                .build();
        Breaker breaker = open("partner");
        await().until(() -> checks.get() > 0 && breaker.state() == BreakerState.CLOSED);
        assertThat(checks).hasValue(2);
    }

    @Test
    void areInterruptedWhenTheRegistryIsClosed() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        use(BreakerConfig.builder().healthProbe(() -> {
            begun.countDown();
            try {
                partnerIsBack.await();
            } finally {
                interrupted.countDown();
            }
        }));
        Breaker breaker = open("partner");
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        registry.close();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void areFewHoweverManyPartnersHang() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        use(BreakerConfig.builder().healthProbe(() -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            partnerIsBack.await();
            running.decrementAndGet();
        }));
        for (int i = 0; i < 30; i++) {
            open("partner-" + i);
        }
        await().until(() -> running.get() == 8);
        partnerIsBack.countDown();
        await().untilAsserted(() ->
                assertThat(registry.breakers()).allMatch(breaker -> breaker.state() == BreakerState.CLOSED));
        assertThat(most).hasValue(8);
    }

    @Test
    void areNotWaitedForByCallsOfOthersWhenNoneOfThemEnds() {
        AtomicInteger running = new AtomicInteger();
        CompletableFuture<Void> never = new CompletableFuture<>();
        use(BreakerConfig.builder().probeLease(Duration.ofMillis(10)).healthProbe(() -> {
            running.incrementAndGet();
            never.join();
        }));
        for (int i = 0; i < 8; i++) {
            open("partner-" + i);
        }
        await().until(() -> running.get() == 8);
        Breaker ninth = open("ninth");
        await().until(() -> ninth.tryAcquire() != null);
        assertThat(ninth.state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(running).hasValue(8);
        never.complete(null);
    }
}
