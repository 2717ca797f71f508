package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.faults.Fault;
import dev.breaker.spring.faults.Observed;
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

    @Fault(
            of = Fault.Subject.REDIS,
            what = "hung, while commands may take ten seconds",
            promise = "No call waits for it, neither in CLOSED nor when that opens nor in OPEN.")
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void delaysNoCallWhileTheCircuitIsClosedOpensAndIsOpen(String client, Observed observed) {
        service(client).run(context -> {
            awaitFirstAnswer(context);
            redis.hang();
            long begin = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                assertThat(call(context, i % 3 != 0)).isEqualTo(i % 3 != 0 ? "hot" : "cold");
            }
            assertThat(partner(context).state()).isEqualTo(BreakerState.CLOSED);
            for (int i = 0; i < 3; i++) {
                assertThat(call(context, false)).isEqualTo("cold");
            }
            assertThat(partner(context).state()).isEqualTo(BreakerState.OPEN);
            assertThat(call(context, true)).isEqualTo("cold");
            observed.note("1,004 calls in", (System.nanoTime() - begin) / 1_000_000 + " ms");
            redis.resume();
        });
    }

    @Fault(
            of = Fault.Subject.REDIS,
            what = "hung when the wait of an OPEN circuit is over",
            promise =
                    "Callers wait for a probe for 50 ms at most, and after 2 s of silence they get one without Redis; it closes the circuit on this instance.")
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void boundsTheWaitForAProbeWhichIsMadeWithoutRedisInTheEnd(String client, Observed observed) {
        service(client).run(context -> {
            awaitFirstAnswer(context);
            for (int i = 0; i < 3; i++) {
                call(context, false);
            }
            await().atMost(SOON).until(() -> partner(context).snapshot().epoch() > 0);
            redis.hang();
            long begin = System.nanoTime();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> call(context, true).equals("hot"));
            observed.note(
                    "probed without Redis after", (System.nanoTime() - begin) / 1_000_000 + " ms (1 s of them OPEN)");
            assertThat(partner(context).state()).isEqualTo(BreakerState.CLOSED);
            assertThat(context.getBean(BreakerRegistry.class).sharing()).isEqualTo(Sharing.DEGRADED);
            redis.resume();
            await().atMost(SOON)
                    .until(() -> context.getBean(BreakerRegistry.class).sharing() == Sharing.ACTIVE);
            assertThat(call(context, true)).isEqualTo("hot");
        });
    }
}
