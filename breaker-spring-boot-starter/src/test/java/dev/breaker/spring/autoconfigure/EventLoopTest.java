package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.Permit;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.scheduler.Schedulers;

/** A call that needs a probe's permit, on a thread that others' work waits for, while Redis does not answer. */
class EventLoopTest {

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore memory = new InMemoryStore(ticker);
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withBean(Ticker.class, () -> ticker)
            .withBean(SharedStore.class, this::silentAboutPermits)
            .withPropertyValues(
                    "breaker.defaults.consecutive-failure-threshold=1",
                    "breaker.defaults.half-open-acquire-timeout=1m");

    private SharedStore silentAboutPermits() {
        return (SharedStore) Proxy.newProxyInstance(
                SharedStore.class.getClassLoader(),
                new Class<?>[] {SharedStore.class},
                (proxy, method, args) ->
                        method.getName().equals("permit") ? new CompletableFuture<>() : method.invoke(memory, args));
    }

    private void assertDoesNotWait(Executor loop) {
        application.run(context -> {
            Breaker breaker = context.getBean(BreakerRegistry.class).breaker("partner");
            breaker.acquire().failure(new IOException("down"), 0);
            ticker.advance(breaker.config().waitDurationInOpenState());
            CompletableFuture<@Nullable Permit> permit = CompletableFuture.supplyAsync(breaker::tryAcquire, loop);
            assertThat(permit).succeedsWithin(20, TimeUnit.SECONDS).isNull();
        });
    }

    @Test
    void ofReactorDoesNotWait() {
        assertDoesNotWait(task -> Schedulers.parallel().schedule(task));
    }

    @Test
    void ofNettyDoesNotWait() {
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            assertDoesNotWait(loop);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void isNoOrdinaryThread() {
        application
                .withPropertyValues("breaker.defaults.half-open-acquire-timeout=20ms")
                .run(context -> {
                    Breaker breaker = context.getBean(BreakerRegistry.class).breaker("partner");
                    breaker.acquire().failure(new IOException("down"), 0);
                    ticker.advance(breaker.config().waitDurationInOpenState());
                    long begin = System.nanoTime();
                    assertThat(breaker.tryAcquire()).isNull();
                    assertThat(Duration.ofNanos(System.nanoTime() - begin))
                            .isGreaterThanOrEqualTo(Duration.ofMillis(20));
                });
    }
}
