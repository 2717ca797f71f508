package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.spring.redis.RealRedis;
import dev.breaker.spring.redis.TlsFront;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Circuits are shared through a Redis that is reached by TLS. */
class TlsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static ApplicationContextRunner service(TlsFront front, String client) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.port=" + front.port(),
                        "spring.data.redis.client-type=" + client,
                        "breaker.instances.partner.consecutive-failure-threshold=2");
    }

    private static ApplicationContextRunner trusting(TlsFront front, String client) {
        return service(front, client)
                .withPropertyValues(
                        "spring.ssl.bundle.jks.redis.truststore.location=file:" + front.keys(),
                        "spring.ssl.bundle.jks.redis.truststore.password=" + TlsFront.PASSWORD,
                        "spring.data.redis.ssl.bundle=redis");
    }

    private static Breaker partner(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void theApplicationsTrustIsTheirs(String client, @TempDir Path directory) throws Exception {
        try (RealRedis redis = RealRedis.start();
                TlsFront front = TlsFront.before(redis.port(), directory)) {
            trusting(front, client)
                    .run(one -> trusting(front, client).run(other -> {
                        Breaker breaker = partner(one);
                        breaker.acquire().failure(new IOException("down"), 0);
                        breaker.acquire().failure(new IOException("down"), 0);
                        await().atMost(SOON).until(() -> partner(other).state() == BreakerState.OPEN);
                    }));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void aCertificateThatIsNotTrustedIsAnOutage(String client, @TempDir Path directory) throws Exception {
        try (RealRedis redis = RealRedis.start();
                TlsFront front = TlsFront.before(redis.port(), directory)) {
            service(front, client)
                    .withPropertyValues("spring.data.redis.ssl.enabled=true")
                    .run(context -> {
                        Breaker breaker = partner(context);
                        breaker.acquire().success(0);
                        BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                        await().atMost(SOON).until(() -> registry.sharing() == Sharing.DEGRADED);
                        assertThat(breaker.tryAcquire()).isNotNull();
                    });
        }
    }
}
