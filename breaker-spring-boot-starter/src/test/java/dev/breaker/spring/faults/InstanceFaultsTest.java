package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.Ticker;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that are alive and differ: in health, in their settings, in their clocks. */
class InstanceFaultsTest {

    private static final Duration WAIT = Duration.ofMillis(500);

    private final RealRedis redis = RealRedis.start();
    private final List<Peer> instances = new ArrayList<>();

    @AfterEach
    void stop() {
        instances.forEach(Peer::close);
        redis.close();
    }

    private Peer join(Peer instance) {
        instances.add(instance);
        return instance;
    }

    private static BreakerConfig.Builder config() {
        return BreakerConfig.builder()
                .slidingWindowSize(60)
                .consecutiveFailureThreshold(3)
                .waitDurationInOpenState(WAIT)
                .permittedNumberOfCallsInHalfOpenState(1);
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    private void awaitState(BreakerState state) {
        soon().untilAsserted(() -> assertThat(snapshots()).allSatisfy(snapshot -> {
            assertThat(snapshot.state()).isEqualTo(state);
            assertThat(snapshot.stateScope()).isEqualTo(BreakerScope.CLUSTER);
        }));
    }

    private void awaitCalls(long calls) {
        soon().untilAsserted(() -> assertThat(snapshots())
                .allSatisfy(snapshot -> assertThat(snapshot.counts().calls()).isEqualTo(calls)));
    }

    private List<BreakerSnapshot> snapshots() {
        return instances.stream()
                .map(instance -> instance.breaker("partner").snapshot())
                .toList();
    }

    /** As many permits as the instances give out to callers who keep asking, one instance after the other. */
    private List<Permit> probes() {
        List<Permit> probes = new ArrayList<>();
        soon().during(Duration.ofMillis(300)).until(() -> {
            probes.addAll(acquired());
            return !probes.isEmpty();
        });
        return probes;
    }

    private List<Permit> acquired() {
        return instances.stream()
                .map(instance -> instance.breaker("partner").tryAcquire())
                .flatMap(Stream::ofNullable)
                .toList();
    }

    @Fault(
            of = Fault.Subject.INSTANCES,
            what = "one of five is sick",
            promise =
                    "It opens for itself alone and closes when it is well; the others stay CLOSED and reject nothing.")
    @Test
    void oneSickInstanceOfFiveIsAloneWithIt(Observed observed) {
        BreakerConfig config =
                BreakerConfig.builder().waitDurationInOpenState(WAIT).build();
        IntStream.range(0, 5).forEach(i -> join(Peer.on(redis, config)));
        Peer sick = instances.get(0);
        List<Peer> healthy = instances.subList(1, 5);
        int[] made = {0};
        Runnable traffic = () -> made[0] +=
                healthy.stream().mapToInt(each -> each.call("partner", 5)).sum();
        soon().until(() -> {
            traffic.run();
            return sick.breaker("partner").snapshot().counts().calls() >= 100;
        });
        soon().until(() -> {
            traffic.run();
            sick.fail("partner", 1);
            return sick.transitions().size() == 1;
        });
        soon().until(() -> {
            traffic.run();
            sick.call("partner", 1);
            return sick.breaker("partner").state() == BreakerState.CLOSED;
        });
        assertThat(sick.transitions())
                .allSatisfy(transition -> assertThat(transition.scope()).isEqualTo(BreakerScope.INSTANCE));
        assertThat(healthy).allSatisfy(each -> {
            assertThat(each.transitions()).isEmpty();
            assertThat(each.breaker("partner").snapshot().rejectedCalls()).isZero();
        });
        observed.note("calls of the healthy", made[0])
                .note("of these rejected", 0)
                .note(
                        "calls of the sick one rejected",
                        sick.breaker("partner").snapshot().rejectedCalls());
    }

    @Fault(
            of = Fault.Subject.INSTANCES,
            what = "two versions of the settings side by side",
            promise =
                    "One state for all; a half-open stay makes the probes of the instance that begins it; once the settings"
                            + " agree, counts do.")
    @Test
    void instancesWithOldAndNewSettingsAreOneCircuit(Observed observed) {
        AtomicReference<BreakerConfig> settings = new AtomicReference<>(config().build());
        BreakerConfig other = config().slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(50)
                .consecutiveFailureThreshold(5)
                .permittedNumberOfCallsInHalfOpenState(3)
                .waitDurationInOpenState(Duration.ofMillis(200))
                .build();
        Peer old = join(Peer.on(redis, builder -> builder.configs(name -> settings.get())));
        Peer fresh = Peer.on(redis, other);
        instances.add(0, fresh);

        old.fail("partner", 3);
        awaitState(BreakerState.OPEN);
        soon().until(() -> fresh.breaker("partner").snapshot().timeLeftOpen().isZero());
        List<Permit> probesOfFresh = probes();
        assertThat(probesOfFresh).hasSize(3);
        probesOfFresh.forEach(probe -> Peer.complete(probe, true));
        awaitState(BreakerState.CLOSED);

        fresh.fail("partner", 5);
        awaitState(BreakerState.OPEN);
        instances.add(instances.remove(0));
        soon().until(() -> old.breaker("partner").snapshot().timeLeftOpen().isZero());
        List<Permit> probesOfOld = probes();
        assertThat(probesOfOld).hasSize(1);
        probesOfOld.forEach(probe -> Peer.complete(probe, true));
        awaitState(BreakerState.CLOSED);

        old.call("partner", 20);
        fresh.call("partner", 10);
        settings.set(other);
        old.registry.reconfigure();
        awaitCalls(30);
        observed.note("probes with the new settings", probesOfFresh.size())
                .note("with the old ones", probesOfOld.size())
                .note("calls counted of 30 after the last is reconfigured", 30);
    }

    /**
     * No wall clock is read, which a rule on the code checks: what could differ between machines is where the clocks of the
     * JVMs begin, and how fast they are.
     */
    @Fault(
            of = Fault.Subject.INSTANCES,
            what = "clocks hours apart, one a tenth too fast, one a tenth too slow",
            promise = "Only durations go from one to another: all see the same counts, waits, probes and overrides.")
    @Test
    void clocksThatDisagreeChangeNothing(Observed observed) {
        long began = System.nanoTime();
        List<Ticker> clocks = List.of(
                () -> System.nanoTime() - Duration.ofHours(1).toNanos(),
                () -> Long.MAX_VALUE - Duration.ofSeconds(1).toNanos() + (System.nanoTime() - began) / 10 * 11,
                () -> (System.nanoTime() - began) / 10 * 9 + Duration.ofHours(1).toNanos());
        clocks.forEach(clock -> join(Peer.on(
                redis,
                builder -> builder.ticker(clock)
                        .configs(name -> config().waitDurationInOpenState(Duration.ofSeconds(1))
                                .build()))));
        instances.forEach(instance -> instance.call("partner", 2));
        awaitCalls(6);

        instances.get(0).fail("partner", 3);
        awaitState(BreakerState.OPEN);
        assertThat(snapshots())
                .allSatisfy(snapshot ->
                        assertThat(snapshot.timeLeftOpen()).isBetween(Duration.ZERO, Duration.ofSeconds(1)));
        List<Permit> probes = probes();
        assertThat(probes).hasSize(1);
        Peer.complete(probes.get(0), true);
        awaitState(BreakerState.CLOSED);

        instances.get(2).breaker("partner").forceOpen("maintenance", "test", Duration.ofSeconds(1));
        soon().untilAsserted(() -> assertThat(snapshots())
                .allSatisfy(snapshot -> assertThat(snapshot.state()).isEqualTo(BreakerState.FORCED_OPEN)));
        assertThat(snapshots().stream().map(BreakerSnapshot::override))
                .allSatisfy(
                        override -> assertThat(override.expiresIn()).isBetween(Duration.ZERO, Duration.ofSeconds(1)));
        awaitState(BreakerState.CLOSED);
        instances.forEach(instance -> instance.call("partner", 2));
        awaitCalls(6);
        observed.note("origins apart", "hours and centuries")
                .note("probes in the cluster", probes.size())
                .note("transitions of each", instances.get(1).transitions().size());
    }
}
