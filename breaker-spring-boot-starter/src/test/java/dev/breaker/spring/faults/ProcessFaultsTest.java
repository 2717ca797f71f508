package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerState;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Three instances, each in a process of its own, that are killed, paused and ended. They live from test to test, unless a test
 * ends them; each test has a circuit of its own.
 */
class ProcessFaultsTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private static final List<ServiceProcess> services = new ArrayList<>();

    private static RealRedis redis;

    private ServiceProcess first;
    private ServiceProcess second;
    private ServiceProcess third;

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        services.forEach(ServiceProcess::close);
        services.clear();
        redis.close();
    }

    @BeforeEach
    void bringAllUp() {
        List<ServiceProcess> gone =
                services.stream().filter(service -> !service.isAlive()).toList();
        gone.forEach(ServiceProcess::close);
        services.removeAll(gone);
        IntStream.range(services.size(), 3)
                .mapToObj(i -> launch())
                .toList()
                .forEach(launched -> services.add(launched.awaitStarted()));
        soon().until(() ->
                services.stream().allMatch(service -> service.view("ready").answered()));
        first = services.get(0);
        second = services.get(1);
        third = services.get(2);
    }

    private static ServiceProcess launch() {
        return ServiceProcess.launch(
                "spring.application.name=faults",
                "spring.data.redis.host=" + redis.host(),
                "spring.data.redis.port=" + redis.port(),
                "breaker.shared.command-timeout=10s",
                "breaker.defaults.sliding-window-size=60",
                "breaker.defaults.consecutive-failure-threshold=3",
                "breaker.defaults.wait-duration-in-open-state=300ms",
                "breaker.defaults.permitted-number-of-calls-in-half-open-state=1",
                "breaker.defaults.probe-lease=" + LEASE.toMillis() + "ms",
                "breaker.instances.checked.health-probe=partner::check",
                "breaker.instances.rolled.wait-duration-in-open-state=10m");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private static void awaitState(String circuit, BreakerState state, ServiceProcess... instances) {
        soon().untilAsserted(() -> assertThat(instances)
                .allSatisfy(instance ->
                        assertThat(instance.view(circuit).isInCluster(state)).isTrue()));
    }

    private static void awaitCalls(String circuit, long calls, ServiceProcess... instances) {
        soon().untilAsserted(() -> assertThat(instances)
                .allSatisfy(
                        instance -> assertThat(instance.view(circuit).calls()).isEqualTo(calls)));
    }

    /** Waits until an instance has just sent what it had, so that what comes next is pending for a while. */
    private static void awaitStored(String circuit, long calls) {
        String window = "breaker:faults:{" + circuit + "}:window:10x6000ms";
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> redis.command("HGET", window, "t") instanceof String totals
                        && totals.split(":", -1)[1].equals("" + calls));
    }

    /** In the server's time, when the only lease of a circuit ends. */
    private static Duration endOfLease(String circuit) {
        List<?> lease =
                (List<?>) redis.command("ZRANGE", "breaker:faults:{" + circuit + "}:permits", "0", "-1", "WITHSCORES");
        assertThat(lease).hasSize(2);
        return Duration.ofNanos(1_000 * Long.parseLong((String) lease.get(1)));
    }

    private static Duration serverTime() {
        List<?> time = (List<?>) redis.command("TIME");
        return Duration.ofSeconds(Long.parseLong((String) time.get(0)))
                .plusNanos(1_000 * Long.parseLong((String) time.get(1)));
    }

    @Nested
    class Instances {

        @Fault(
                of = Fault.Subject.INSTANCES,
                what = "killed with counts pending",
                promise =
                        "What the instance had reported counts once, what it had not is lost; its successor repeats nothing.")
        @Test
        void countsOfAKilledInstanceCountOnceOrNotAtAll(Observed observed) {
            first.call("counted", 100);
            awaitStored("counted", 100);
            first.call("counted", 50);
            first.kill();

            ServiceProcess successor = launch().awaitStarted();
            services.add(successor);
            soon().until(() -> second.view("counted").calls() >= 100);
            long kept = second.view("counted").calls();
            assertThat(kept).isBetween(100L, 150L);

            successor.call("counted", 10);
            awaitCalls("counted", kept + 10, second, third, successor);
            soon().during(Duration.ofMillis(1_500))
                    .until(() -> second.view("counted").calls() == kept + 10);
            observed.note("calls acknowledged", 100).note("calls pending", 50).note("of these counted", kept - 100);
        }

        @Fault(
                of = Fault.Subject.INSTANCES,
                what = "killed with a probe running",
                promise = "Another instance gets the probe's permit when its lease has ended, and not before.")
        @Test
        void theProbeOfAKilledInstanceIsMadeByAnother(Observed observed) {
            first.fail("probed", 3);
            awaitState("probed", BreakerState.OPEN, first, second, third);
            soon().until(() -> first.acquire("probed"));
            Duration end = endOfLease("probed");
            assertThat(second.acquire("probed")).isFalse();

            first.kill();
            soon().until(() -> second.acquire("probed"));
            Duration overdue = serverTime().minus(end);
            assertThat(overdue).isPositive();
            assertThat(third.acquire("probed")).isFalse();

            assertThat(second.complete(true)).isEqualTo(1);
            awaitState("probed", BreakerState.CLOSED, second, third);
            observed.note("lease", LEASE.toMillis() + " ms")
                    .note("next probe after its end", overdue.toMillis() + " ms");
        }

        @Fault(
                of = Fault.Subject.INSTANCES,
                what = "killed while it is elected to ask whether the partner is back",
                promise =
                        "Another instance is elected when the lease has ended, and not before; there is never more than one.")
        @Test
        void anElectedInstanceThatIsKilledIsReplaced(Observed observed) {
            first.fail("checked", 3);
            soon().until(() -> checks(services) == 1);
            ServiceProcess elected = services.stream()
                    .filter(each -> each.checks() == 1)
                    .findFirst()
                    .orElseThrow();
            Duration end = endOfLease("checked");

            elected.kill();
            List<ServiceProcess> survivors =
                    services.stream().filter(each -> each != elected).toList();
            soon().until(() -> checks(survivors) > 0);
            Duration overdue = serverTime().minus(end);
            assertThat(overdue).isPositive();
            assertThat(checks(survivors)).isEqualTo(1);

            survivors.forEach(ServiceProcess::answerChecks);
            awaitState("checked", BreakerState.CLOSED, survivors.toArray(ServiceProcess[]::new));
            observed.note("lease", LEASE.toMillis() + " ms")
                    .note("next election after its end", overdue.toMillis() + " ms")
                    .note("health probes", 1 + checks(survivors));
        }

        private int checks(List<ServiceProcess> instances) {
            return instances.stream().mapToInt(ServiceProcess::checks).sum();
        }

        @Fault(
                of = Fault.Subject.INSTANCES,
                what = "paused from before the circuit opens until after it has closed",
                promise = "The instance follows when it goes on; what it still had to report changes nothing.")
        @Test
        void anInstanceThatSleptThroughAnOpenStayFollows(Observed observed) {
            first.call("slept", 1);
            awaitCalls("slept", 1, second, third);
            assertThat(IntStream.range(0, 5).allMatch(i -> first.acquire("slept")))
                    .isTrue();
            first.call("slept", 20);
            first.pause();
            redis.command("CLIENT", "KILL", "TYPE", "pubsub");

            second.fail("slept", 3);
            awaitState("slept", BreakerState.OPEN, second, third);
            soon().until(() -> third.acquire("slept"));
            third.complete(true);
            awaitState("slept", BreakerState.CLOSED, second, third);
            third.call("slept", 10);
            awaitCalls("slept", 10, second, third);

            first.resume();
            long epoch = second.view("slept").epoch();
            soon().until(() -> first.view("slept").epoch() == epoch);
            int late = first.complete(false);
            first.call("slept", 1);
            awaitCalls("slept", 11, first, second, third);
            awaitState("slept", BreakerState.CLOSED, first, second, third);
            assertThat(second.view("slept").failures()).isZero();
            assertThat(first.transitions("slept")).doesNotContain("CLOSED>OPEN!");
            observed.note("outcomes of the stay before it", 20 + late)
                    .note("of these counted", second.view("slept").calls() - 11)
                    .note("transitions it missed", second.transitions("slept").size());
        }

        @Fault(
                of = Fault.Subject.INSTANCES,
                what = "all restarted one after the other while the circuit is open",
                promise = "The circuit stays open for the rest of its wait, and nobody announces anything.")
        @Test
        void anOpenCircuitSurvivesARollingRestart(Observed observed) {
            first.fail("rolled", 3);
            awaitState("rolled", BreakerState.OPEN, first, second, third);
            CircuitView before = third.view("rolled");

            int letThrough = 0;
            for (ServiceProcess old : List.copyOf(services)) {
                ServiceProcess fresh = launch();
                old.terminate();
                assertThat(old.awaitEnd()).as(old.log()).isEqualTo(143);
                services.add(fresh.awaitStarted());
                letThrough += fresh.call("rolled", 1);
                awaitState("rolled", BreakerState.OPEN, fresh);
                assertThat(fresh.call("rolled", 1)).isZero();
                soon().untilAsserted(
                                () -> assertThat(fresh.transitions("rolled")).containsExactly("CLOSED>OPEN"));
            }
            CircuitView after = services.get(services.size() - 1).view("rolled");
            assertThat(after.epoch()).isEqualTo(before.epoch());
            assertThat(after.left()).isLessThan(before.left());
            observed.note("restarts", 3).note("calls let through by instances that had just started", letThrough);
        }
    }

    @Nested
    class Shutdown {

        @Fault(
                of = Fault.Subject.SHUTDOWN,
                what = "ended by SIGTERM with counts pending",
                promise = "Redis has all counts when the process ends.")
        @Test
        void pendingCountsAreSentBeforeTheEnd(Observed observed) {
            second.call("flushed", 1);
            awaitCalls("flushed", 1, second, third);
            second.call("flushed", 500);
            long begin = System.nanoTime();
            second.terminate();
            assertThat(second.awaitEnd()).as(second.log()).isEqualTo(143);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            awaitCalls("flushed", 501, third);
            observed.note("calls pending", 500).note("of these counted", 500).note("ended in", took.toMillis() + " ms");
        }

        @Fault(
                of = Fault.Subject.SHUTDOWN,
                what = "ended by SIGTERM while Redis hangs",
                promise = "The process ends in a few seconds, however long a command may take.")
        @Test
        void aHungRedisDoesNotHoldTheEndUp(Observed observed) {
            first.call("hung", 1);
            awaitCalls("hung", 1, first, second);
            redis.hang();
            try {
                first.call("hung", 100);
                long begin = System.nanoTime();
                first.terminate();
                int status = first.awaitEnd();
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                assertThat(status).as(first.log()).isEqualTo(143);
                assertThat(took).isLessThan(Duration.ofSeconds(5));
                observed.note("command time-out", "10 s").note("ended in", took.toMillis() + " ms");
            } finally {
                redis.resume();
            }
            awaitState("hung", BreakerState.CLOSED, second, third);
        }
    }
}
