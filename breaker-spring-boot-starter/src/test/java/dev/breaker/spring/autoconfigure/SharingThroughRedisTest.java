package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.faults.Fault;
import dev.breaker.spring.faults.Observed;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

@ExtendWith(OutputCaptureExtension.class)
class SharingThroughRedisTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static RealRedis redis;

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

    private static ApplicationContextRunner service(int port) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + port,
                        "breaker.instances.partner.consecutive-failure-threshold=3");
    }

    private static Breaker partner(org.springframework.context.ApplicationContext context) {
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
    void opensOnAllInstancesWhateverTheClient(String client) {
        ApplicationContextRunner service =
                service(redis.port()).withPropertyValues("spring.data.redis.client-type=" + client);
        service.run(one -> service.run(other -> {
            fail(partner(one), 3);
            awaitState(partner(other), BreakerState.OPEN);
            assertThat(one.getBean(BreakerRegistry.class).sharing()).isEqualTo(Sharing.ACTIVE);
        }));
    }

    @Fault(
            of = Fault.Subject.DATA,
            what = "another application with circuits of the same names on the same Redis",
            promise = "Applications of different names don't notice each other.")
    @Test
    void keepsServicesOfDifferentNamesApart(Observed observed) {
        ApplicationContextRunner offers = service(redis.port());
        ApplicationContextRunner orders = service(redis.port()).withPropertyValues("spring.application.name=orders");
        offers.run(one -> orders.run(other -> offers.run(third -> {
            fail(partner(one), 3);
            awaitState(partner(third), BreakerState.OPEN);
            assertThat(partner(other).state()).isEqualTo(BreakerState.CLOSED);
            observed.note("circuit of this one", BreakerState.OPEN)
                    .note("of the other", partner(other).state());
        })));
    }

    @Test
    void startsWorksAndSaysSoOnceWithoutAReachableRedis(CapturedOutput output) {
        RealRedis absent = RealRedis.start();
        try (absent) {
            absent.kill();
            service(absent.port()).run(context -> {
                Breaker breaker = partner(context);
                fail(breaker, 3);
                assertThat(breaker.tryAcquire()).isNull();
                BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                await().atMost(SOON).until(() -> registry.sharing() == Sharing.DEGRADED);
                absent.restart();
                await().atMost(SOON).until(() -> registry.sharing() == Sharing.ACTIVE);
                await().atMost(SOON).until(() -> output.getAll().contains("shared again"));
                service(absent.port()).run(other -> awaitState(partner(other), BreakerState.OPEN));
            });
        }
        assertThat(output).containsOnlyOnce("not shared at the moment").containsOnlyOnce("shared again");
        assertThat(output.getAll().lines().filter(line -> line.contains("\tat ")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void saysWhichPasswordIsWrong(String client, CapturedOutput output) {
        try (RealRedis locked = RealRedis.startWithPassword("secret")) {
            service(locked.port())
                    .withPropertyValues("spring.data.redis.client-type=" + client, "spring.data.redis.password=guess")
                    .run(context -> {
                        fail(partner(context), 3);
                        assertThat(partner(context).state()).isEqualTo(BreakerState.OPEN);
                        await().atMost(SOON).until(() -> output.getAll().contains("WRONGPASS"));
                    });
        }
        assertThat(output.getAll()).doesNotContain("guess");
        assertThat(output.getAll().lines().filter(line -> line.contains("WARN") && line.contains("WRONGPASS")))
                .hasSize(1);
    }

    @Test
    void leavesTheApplicationsOwnRedisBeansAlone() {
        service(redis.port()).run(context -> {
            assertThat(context).hasSingleBean(RedisConnectionFactory.class);
            assertThat(context).hasSingleBean(StringRedisTemplate.class);
        });
    }

    @Test
    void usesTheQualifiedConnectionFactory() {
        service(1).withUserConfiguration(QualifiedFactory.class).run(context -> {
            BreakerRegistry registry = context.getBean(BreakerRegistry.class);
            fail(partner(context), 3);
            await().atMost(SOON)
                    .until(() -> !((java.util.List<?>) redis.command("KEYS", "breaker:offers:*")).isEmpty());
            assertThat(registry.sharing()).isEqualTo(Sharing.ACTIVE);
            assertThat(context).hasSingleBean(StringRedisTemplate.class);
        });
    }

    @Test
    void usesTheQualifiedConnectionFactoryIfThatIsTheOnlyOne() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(BreakerAutoConfiguration.class, BreakerRedisAutoConfiguration.class))
                .withUserConfiguration(QualifiedFactory.class)
                .withPropertyValues("spring.application.name=offers")
                .run(context -> await().atMost(SOON)
                        .until(() -> context.getBean(BreakerRegistry.class).sharing() == Sharing.ACTIVE));
    }

    @Configuration(proxyBeanMethods = false)
    static class QualifiedFactory {

        @Bean(defaultCandidate = false)
        @Qualifier("breaker")
        RedisConnectionFactory breakerRedis() {
            return new LettuceConnectionFactory("127.0.0.1", redis.port());
        }
    }

    @Test
    void doesNotChooseAmongSeveralConnectionFactories(CapturedOutput output) {
        service(redis.port()).withUserConfiguration(TwoFactories.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(BreakerRegistry.class).sharing()).isEqualTo(Sharing.OFF);
        });
        assertThat(output).contains("none is the only candidate or primary");
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoFactories {

        @Bean
        RedisConnectionFactory one() {
            return new LettuceConnectionFactory("127.0.0.1", redis.port());
        }

        @Bean
        RedisConnectionFactory two() {
            return new LettuceConnectionFactory("127.0.0.1", redis.port());
        }
    }

    @Test
    void canBeSwitchedOff() {
        service(redis.port())
                .withPropertyValues("breaker.shared.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SharedStore.class));
    }

    @Test
    void warnsOfAServiceWithoutAName(CapturedOutput output) {
        service(redis.port())
                .withPropertyValues("spring.application.name=")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains("set spring.application.name or breaker.shared.namespace");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void flushesItsCountsBeforeItsConnectionsEnd(boolean qualified) {
        ApplicationContextRunner service =
                qualified ? service(1).withUserConfiguration(QualifiedFactory.class) : service(redis.port());
        service.withPropertyValues("breaker.shared.sync-interval=1m", "breaker.shared.poll-interval=1m")
                .run(context -> {
                    await().atMost(SOON).until(() -> partner(context).snapshot().staleness() != null);
                    partner(context).acquire().success(0);
                });
        assertThat((java.util.List<?>) redis.command("KEYS", "breaker:offers:{partner}:window:*"))
                .hasSize(1);
    }

    @Test
    void closesInTimeWhileRedisHangs() {
        AtomicLong begin = new AtomicLong();
        try (RealRedis hanging = RealRedis.start()) {
            service(hanging.port()).run(context -> {
                await().atMost(SOON).until(() -> partner(context).snapshot().staleness() != null);
                partner(context).acquire().success(0);
                hanging.hang();
                begin.set(System.nanoTime());
            });
            assertThat(Duration.ofNanos(System.nanoTime() - begin.get())).isLessThan(Duration.ofSeconds(3));
            hanging.resume();
        }
    }
}
