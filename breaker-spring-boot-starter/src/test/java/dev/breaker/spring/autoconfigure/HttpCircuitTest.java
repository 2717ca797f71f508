package dev.breaker.spring.autoconfigure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerState;
import dev.breaker.ManualTicker;
import dev.breaker.Ticker;
import dev.breaker.spring.http.Partner;
import dev.breaker.spring.redis.RealRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Circuits around calls of a real HTTP server. */
class HttpCircuitTest {

    private final Partner partner = new Partner();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class,
                    BreakerAutoConfiguration.class,
                    BreakerRedisAutoConfiguration.class))
            .withPropertyValues("breaker.instances.partner.minimum-number-of-calls=3");

    private final ApplicationContextRunner alone =
            runner.withPropertyValues("breaker.shared.enabled=false").withBean(Ticker.class, ManualTicker::new);

    @AfterEach
    void stop() {
        partner.close();
    }

    private static Breaker circuit(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    private void call(Breaker breaker, int times) {
        call(RestClient.create(partner.url()), breaker, times);
    }

    private static void call(RestClient client, Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(catchThrowable(() -> breaker.run(client.get().retrieve()::toBodilessEntity)))
                    .isNotNull();
        }
    }

    private void callAsync(Breaker breaker) {
        WebClient client = WebClient.builder()
                .clientConnector(new JdkClientHttpConnector())
                .baseUrl(partner.url())
                .build();
        assertThat(catchThrowable(() -> breaker.callAsync(
                                () -> client.get().retrieve().toBodilessEntity().toFuture())
                        .toCompletableFuture()
                        .join()))
                .isNotNull();
    }

    @Test
    void staysClosedWhatEverIsNotFound() {
        partner.answers(404, Map.of());
        alone.run(context -> {
            Breaker breaker = circuit(context);
            call(breaker, 20);
            callAsync(breaker);
            assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
            assertThat(breaker.snapshot().counts().calls()).isZero();
        });
    }

    @Test
    void opensWhenTheServerFails() {
        partner.answers(500, Map.of());
        alone.run(context -> {
            call(circuit(context), 3);
            assertThat(circuit(context).state()).isEqualTo(BreakerState.OPEN);
        });
    }

    @Test
    void opensAtOnceForAsLongAsTheServerAsks() {
        partner.answers(429, Map.of("Retry-After", "120"));
        alone.run(context -> {
            call(circuit(context), 1);
            assertThat(circuit(context).snapshot().timeLeftOpen()).isEqualTo(Duration.ofMinutes(2));
        });
        alone.run(context -> {
            callAsync(circuit(context));
            assertThat(circuit(context).snapshot().timeLeftOpen()).isEqualTo(Duration.ofMinutes(2));
        });
    }

    /* The server of the JDK writes the date itself. */
    private static void answerOnce(ServerSocket server, String answer) {
        try (Socket socket = server.accept()) {
            BufferedReader request = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            while (!request.readLine().isEmpty()) {}
            socket.getOutputStream().write(answer.getBytes(US_ASCII));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Test
    void opensForAsLongAsTheServerAsksByItsOwnClock() throws IOException {
        String answer = """
                HTTP/1.1 503 Busy\r
                Date: Thu, 01 Jan 2009 00:00:00 GMT\r
                Retry-After: Thu, 01 Jan 2009 00:02:00 GMT\r
                Content-Length: 0\r
                Connection: close\r
                \r
                """;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerOnce(server, answer));
            alone.run(context -> {
                Breaker breaker = circuit(context);
                call(RestClient.create("http://127.0.0.1:" + server.getLocalPort()), breaker, 1);
                assertThat(breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofMinutes(2));
            });
            assertThat(answered).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void opensForNoLongerThanAllowed() {
        partner.answers(503, Map.of("Retry-After", "999999999999999999"));
        alone.withPropertyValues("breaker.instances.partner.max-retry-after=70s")
                .run(context -> {
                    call(circuit(context), 1);
                    assertThat(circuit(context).snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(70));
                });
    }

    @Test
    void doesNotOpenForWhatCannotBeUnderstood() {
        partner.answers(503, Map.of("Retry-After", "-120"));
        alone.run(context -> {
            call(circuit(context), 1);
            assertThat(circuit(context).state()).isEqualTo(BreakerState.CLOSED);
        });
    }

    @Test
    void opensOnAllInstancesForAsLongAsTheServerAsksOne() {
        partner.answers(503, Map.of("Retry-After", "120"));
        try (RealRedis redis = RealRedis.start()) {
            ApplicationContextRunner service = runner.withPropertyValues(
                    "spring.application.name=offers",
                    "spring.data.redis.host=127.0.0.1",
                    "spring.data.redis.port=" + redis.port());
            service.run(one -> service.run(other -> {
                Breaker peer = circuit(other);
                call(circuit(one), 1);
                await().atMost(Duration.ofSeconds(20)).until(peer::state, BreakerState.OPEN::equals);
                assertThat(circuit(one).snapshot().timeLeftOpen())
                        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(120));
                assertThat(peer.snapshot().timeLeftOpen()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(121));
                assertThat(peer.snapshot().stateScope()).isEqualTo(BreakerScope.CLUSTER);
            }));
        }
    }
}
