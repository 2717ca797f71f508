package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.spring.faults.Fault;
import dev.breaker.spring.faults.Observed;
import dev.breaker.spring.redis.RealSentinel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Circuits are shared through a master that sentinels watch, and through its successor. */
class SentinelTest {

    private static final Duration SOON = Duration.ofSeconds(40);

    private static ApplicationContextRunner service(RealSentinel redis, String client) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.sentinel.master=" + RealSentinel.MASTER,
                        "spring.data.redis.sentinel.nodes=" + redis.address(),
                        "spring.data.redis.client-type=" + client,
                        "breaker.instances.partner.consecutive-failure-threshold=2",
                        "breaker.instances.partner.wait-duration-in-open-state=10m");
    }

    private static BreakerRegistry registry(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class);
    }

    private static void open(Breaker breaker) {
        breaker.acquire().failure(new IOException("down"), 0);
        breaker.acquire().failure(new IOException("down"), 0);
    }

    private static void awaitState(Breaker breaker, BreakerState state) {
        await().atMost(SOON).untilAsserted(() -> assertThat(breaker.state()).isEqualTo(state));
    }

    @Fault(
            of = Fault.Subject.REDIS,
            what = "its master is killed, and Sentinel puts a replica in its place",
            promise =
                    "An OPEN circuit rejects throughout; the new master is found within 3 s of its election, and what is decided then reaches all.")
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void anOpenCircuitStaysOpenAndSharingGoesOnAfterAFailOver(String client, @TempDir Path directory, Observed observed)
            throws IOException {
        try (RealSentinel redis = RealSentinel.start(directory)) {
            service(redis, client)
                    .run(one -> service(redis, client).run(other -> {
                        open(registry(one).breaker("partner"));
                        awaitState(registry(other).breaker("partner"), BreakerState.OPEN);

                        redis.killMaster();
                        long killed = System.nanoTime();
                        assertThat(registry(one).breaker("partner").tryAcquire())
                                .isNull();
                        await().atMost(SOON).until(redis::hasFailedOver);
                        long failedOver = System.nanoTime();
                        assertThat(registry(one).breaker("partner").state()).isEqualTo(BreakerState.OPEN);
                        registry(one).breaker("partner").reset("repaired", "test");
                        awaitState(registry(other).breaker("partner"), BreakerState.CLOSED);
                        await().atMost(SOON).until(() -> registry(one).sharing() == Sharing.ACTIVE);
                        observed.note("failed over after", (failedOver - killed) / 1_000_000 + " ms")
                                .note("shared again after", (System.nanoTime() - failedOver) / 1_000_000 + " ms");
                    }));
        }
    }
}
