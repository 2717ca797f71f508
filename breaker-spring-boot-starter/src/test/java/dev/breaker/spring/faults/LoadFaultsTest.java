package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much at once, and much for a long time. */
class LoadFaultsTest {

    private static final String MINUTES = "breaker.faults.minutes";
    private static final int PARTS = 9;
    private static final long MEGABYTE = 1 << 20;
    private static final boolean VIRTUAL = Runtime.version().feature() >= 21;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final RealRedis redis = RealRedis.start();
    private final List<Peer> instances = new ArrayList<>();

    @AfterEach
    void stop() {
        instances.forEach(Peer::close);
        redis.close();
    }

    private Peer join(BreakerConfig.Builder config) {
        BreakerConfig built = config.build();
        Peer instance = Peer.on(redis, built);
        instances.add(instance);
        return instance;
    }

    @Fault(
            of = Fault.Subject.LOAD,
            what =
                    "traffic of every kind for long, with openings, overrides, new keys, and a Redis that crashes and hangs",
            promise = "No call fails; heap and threads are as they were; all instances agree again at the end.")
    @Test
    @Timeout(7_200)
    void aLongTimeLeavesNothingBehind(Observed observed) throws Exception {
        Duration time = Duration.ofMillis((long) (60_000 * Double.parseDouble(System.getProperty(MINUTES, "0.1"))));
        for (int i = 0; i < 3; i++) {
            join(BreakerConfig.builder()
                    .waitDurationInOpenState(Duration.ofMillis(200))
                    .maxKeys(500)
                    .keyIdleExpiry(Duration.ofSeconds(1)));
        }
        List<Sample> samples = new ArrayList<>();
        try (MixedTraffic traffic = new MixedTraffic(instances)) {
            long begin = System.nanoTime();
            for (int part = 1; part <= PARTS; part++) {
                long end = begin + time.toNanos() / PARTS * part;
                disturb(part);
                await().atMost(time.plus(SOON)).until(() -> System.nanoTime() - end >= 0);
                samples.add(new Sample(Room.heapAfterCollection(), Room.threads()));
            }
            traffic.end();
            assertThat(traffic.faults()).isEmpty();
            observed.note("minutes", time.toSeconds() / 60.0).note("calls", traffic.calls());
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(MixedTraffic.CIRCUITS).allSatisfy(this::assertIsWell));

        Sample early = Sample.least(samples.subList(0, PARTS / 3));
        Sample late = Sample.least(samples.subList(2 * PARTS / 3, PARTS));
        assertThat(late.heap()).isLessThan(early.heap() + early.heap() / 5 + 8 * MEGABYTE);
        assertThat(late.threads()).isLessThanOrEqualTo(early.threads() + 2);
        observed.note("heap in the first third", early.heap() / MEGABYTE + " MB")
                .note("in the last", late.heap() / MEGABYTE + " MB")
                .note("threads", early.threads() + " and " + late.threads());
    }

    /** What the JVM takes after a part of the time. */
    private record Sample(long heap, int threads) {

        static Sample least(List<Sample> samples) {
            return new Sample(
                    samples.stream().mapToLong(Sample::heap).min().orElseThrow(),
                    samples.stream().mapToInt(Sample::threads).min().orElseThrow());
        }
    }

    private void disturb(int part) {
        switch (part % 4) {
            case 1 -> {
                redis.kill();
                redis.restart();
            }
            case 2 -> {
                redis.hang();
                await().pollDelay(Duration.ofMillis(400)).until(() -> true);
                redis.resume();
            }
            case 3 -> redis.command("FLUSHALL");
            default -> redis.command("CLIENT", "KILL", "TYPE", "normal");
        }
    }

    private void assertIsWell(String circuit) {
        List<BreakerSnapshot> snapshots = new ArrayList<>();
        for (Peer instance : instances) {
            instance.breaker(circuit).release("over", "test");
            instance.call(circuit, 1);
            snapshots.add(instance.breaker(circuit).snapshot());
        }
        assertThat(snapshots).allSatisfy(snapshot -> {
            assertThat(snapshot.state()).isEqualTo(BreakerState.CLOSED);
            assertThat(snapshot.sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
            assertThat(snapshot.epoch()).isEqualTo(snapshots.get(0).epoch());
        });
    }

    @Fault(
            of = Fault.Subject.LOAD,
            what = "ten thousand virtual threads at once, or a thousand platform threads before Java 21",
            promise = "Every call counts once, and of all that ask for a probe only the permitted number gets one.")
    @Test
    void aCrowdOfThreadsIsCountedOnceAndProbesAsPermitted(Observed observed) throws Exception {
        int permitted = 5;
        BreakerConfig.Builder config = BreakerConfig.builder()
                .slidingWindowSize(60)
                .consecutiveFailureThreshold(3)
                .permittedNumberOfCallsInHalfOpenState(permitted)
                .waitDurationInOpenState(Duration.ofMillis(300));
        Peer crowded = join(config);
        Peer other = join(config);
        int threads = atOnce(() -> Peer.calls(crowded.breaker("counted"), 10, true));
        await().atMost(SOON)
                .until(() -> other.breaker("counted").snapshot().counts().calls() == 10L * threads);

        Breaker probed = crowded.breaker("probed");
        Peer.calls(probed, 3, false);
        await().atMost(SOON)
                .until(() ->
                        Duration.ZERO.equals(other.breaker("probed").snapshot().timeLeftOpen()));
        ConcurrentLinkedQueue<Permit> probes = new ConcurrentLinkedQueue<>();
        while (probes.size() < permitted) {
            atOnce(() -> Stream.ofNullable(probed.tryAcquire()).forEach(probes::add));
        }
        atOnce(() -> Stream.ofNullable(probed.tryAcquire()).forEach(probes::add));
        assertThat(probes).hasSize(permitted);
        assertThat(other.breaker("probed").tryAcquire()).isNull();
        probes.forEach(permit -> permit.success(0));
        await().atMost(SOON).until(() -> other.breaker("probed").state() == BreakerState.CLOSED);
        observed.note("threads", threads + (VIRTUAL ? " virtual" : " platform"))
                .note("calls", 10 * threads)
                .note("calls counted", 10 * threads)
                .note("probes", probes.size());
    }

    /** Lets many threads do the same at the same time, and says how many. */
    private static int atOnce(Runnable task) throws Exception {
        int many = VIRTUAL ? 10_000 : 1_000;
        ExecutorService threads = VIRTUAL
                ? (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null)
                : Executors.newFixedThreadPool(many);
        try {
            CountDownLatch ready = new CountDownLatch(many);
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                ends.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    task.run();
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(SOON.toSeconds(), TimeUnit.SECONDS);
            }
            return many;
        } finally {
            threads.shutdown();
        }
    }
}
