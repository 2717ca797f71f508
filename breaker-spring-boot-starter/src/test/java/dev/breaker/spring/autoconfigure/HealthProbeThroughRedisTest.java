package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class HealthProbeThroughRedisTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static RealRedis redis;

    private final Partner partner = new Partner();

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void forgetEverything() {
        redis.command("FLUSHALL");
    }

    private ApplicationContextRunner service() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withBean("partner", Partner.class, () -> partner)
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + redis.port(),
                        "breaker.instances.partner.consecutive-failure-threshold=3",
                        "breaker.instances.partner.wait-duration-in-open-state=50ms",
                        "breaker.instances.partner.health-probe=partner::ping");
    }

    private static Breaker breaker(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            Permit permit = breaker.tryAcquire();
            if (permit != null) {
                permit.failure(new IOException("down"), 0);
            }
        }
    }

    private static void awaitState(Breaker breaker, BreakerState state) {
        await().atMost(SOON).untilAsserted(() -> assertThat(breaker.state()).isEqualTo(state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void oneInstanceAsksForAllWhateverTheClient(String client) {
        ApplicationContextRunner service = service().withPropertyValues("spring.data.redis.client-type=" + client);
        service.run(one -> service.run(other -> {
            Breaker here = breaker(one);
            Breaker there = breaker(other);
            fail(here, 3);
            awaitState(there, BreakerState.OPEN);
            await().atMost(SOON).until(() -> partner.checks.get() > 0);
            await().atMost(SOON).until(() -> isDue(here) && isDue(there));
            assertThat(here.tryAcquire()).isNull();
            assertThat(there.tryAcquire()).isNull();
            partner.isBack.countDown();
            awaitState(here, BreakerState.CLOSED);
            awaitState(there, BreakerState.CLOSED);
            assertThat(partner.checks).hasValue(1);
        }));
    }

    private static boolean isDue(Breaker breaker) {
        return Duration.ZERO.equals(breaker.snapshot().timeLeftOpen());
    }

    @Test
    void anotherInstanceAsksAtOnceWhenTheElectedOneEnds() {
        ApplicationContextRunner service = service().withPropertyValues("breaker.instances.partner.probe-lease=1h");
        service.run(elected -> {
            fail(breaker(elected), 3);
            await().atMost(SOON).until(() -> partner.checks.get() == 1);
            service.run(survivor -> {
                awaitState(breaker(survivor), BreakerState.OPEN);
                elected.close();
                await().atMost(SOON).until(() -> partner.checks.get() == 2);
                partner.isBack.countDown();
                awaitState(breaker(survivor), BreakerState.CLOSED);
            });
        });
    }

    static final class Partner {

        final AtomicInteger checks = new AtomicInteger();
        final CountDownLatch isBack = new CountDownLatch(1);

        void ping() throws InterruptedException {
            checks.incrementAndGet();
            isBack.await();
        }
    }
}
