package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/**
 * Calls of annotated methods while Redis hangs (G2). Commands may take so long that a caller who waited for one would be
 * noticed on the busiest machine.
 */
class HungRedisTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RealRedis redis = RealRedis.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    static class Offers {

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        String hot(boolean up) {
            if (!up) {
                throw new IllegalStateException("down");
            }
            return "hot";
        }

        String cold(Throwable unused) {
            return "cold";
        }
    }

    private ApplicationContextRunner service(String client) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withBean(Offers.class)
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.client-type=" + client,
                        "breaker.shared.command-timeout=10s",
                        "breaker.instances.partner.consecutive-failure-threshold=3",
                        "breaker.instances.partner.permitted-number-of-calls-in-half-open-state=1",
                        "breaker.instances.partner.wait-duration-in-open-state=1s");
    }

    private static Breaker partner(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    private static void awaitFirstAnswer(ApplicationContext context) {
        await().atMost(SOON).until(() -> partner(context).snapshot().staleness() != null);
    }

    private static String call(ApplicationContext context, boolean up) {
        Offers offers = context.getBean(Offers.class);
        long begin = System.nanoTime();
        String offer = offers.hot(up);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        return offer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void delaysNoCallWhileTheCircuitIsClosedOpensAndIsOpen(String client) {
        service(client).run(context -> {
            awaitFirstAnswer(context);
            redis.hang();
            for (int i = 0; i < 1000; i++) {
                assertThat(call(context, i % 3 != 0)).isEqualTo(i % 3 != 0 ? "hot" : "cold");
            }
            assertThat(partner(context).state()).isEqualTo(BreakerState.CLOSED);
            for (int i = 0; i < 3; i++) {
                assertThat(call(context, false)).isEqualTo("cold");
            }
            assertThat(partner(context).state()).isEqualTo(BreakerState.OPEN);
            assertThat(call(context, true)).isEqualTo("cold");
            redis.resume();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void boundsTheWaitForAProbeWhichIsMadeWithoutRedisInTheEnd(String client) {
        service(client).run(context -> {
            awaitFirstAnswer(context);
            for (int i = 0; i < 3; i++) {
                call(context, false);
            }
            await().atMost(SOON).until(() -> partner(context).snapshot().epoch() > 0);
            redis.hang();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> call(context, true).equals("hot"));
            assertThat(partner(context).state()).isEqualTo(BreakerState.CLOSED);
            assertThat(context.getBean(BreakerRegistry.class).sharing()).isEqualTo(Sharing.DEGRADED);
            redis.resume();
            await().atMost(SOON)
                    .until(() -> context.getBean(BreakerRegistry.class).sharing() == Sharing.ACTIVE);
            assertThat(call(context, true)).isEqualTo("hot");
        });
    }
}
