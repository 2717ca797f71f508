package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerState;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The end of a registry; {@link ProcessFaultsTest} has that of a process. */
class ShutdownFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Fault(
            of = Fault.Subject.SHUTDOWN,
            what = "closed twice at the same time, and once more",
            promise = "Counts are sent once, and circuits go on working on their own.")
    @Test
    void closingTwiceIsClosingOnce(Observed observed) {
        BreakerConfig config = BreakerConfig.builder()
                .slidingWindowSize(60)
                .consecutiveFailureThreshold(3)
                .build();
        try (RealRedis redis = RealRedis.start();
                Peer survivor = Peer.on(redis, config)) {
            Peer closing = Peer.on(redis, config);
            closing.call("partner", 1);
            await().atMost(SOON).until(() -> counted(survivor) == 1);
            closing.call("partner", 100);
            CompletableFuture.allOf(Stream.of(1, 2)
                            .map(time -> CompletableFuture.runAsync(closing::close))
                            .toArray(CompletableFuture[]::new))
                    .join();
            closing.close();

            await().atMost(SOON).until(() -> counted(survivor) == 101);
            await().during(Duration.ofMillis(1_500)).atMost(SOON).until(() -> counted(survivor) == 101);
            closing.fail("partner", 3);
            assertThat(closing.breaker("partner").state()).isEqualTo(BreakerState.OPEN);
            assertThat(survivor.breaker("partner").state()).isEqualTo(BreakerState.CLOSED);
            observed.note("calls pending", 100).note("of these counted", counted(survivor) - 1);
        }
    }

    private static long counted(Peer instance) {
        return instance.breaker("partner").snapshot().counts().calls();
    }
}
