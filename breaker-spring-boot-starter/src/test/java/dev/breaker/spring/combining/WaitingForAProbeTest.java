package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;

/** Callers that wait for the permit of a probe; on virtual threads where the JDK has them, and on others. */
class WaitingForAProbeTest {

    private static final int CALLERS = 50;

    static class Partner {
        @CircuitBreaker(name = Combined.CIRCUIT)
        public Thread ask() {
            return Thread.currentThread();
        }
    }

    /** Answers all requests for a permit at once, when it is told to. */
    static class Hesitant {

        final CompletableFuture<Void> reply = new CompletableFuture<>();
        final AtomicInteger asked = new AtomicInteger();

        @Bean(destroyMethod = "")
        SharedStore store(ManualTicker ticker) {
            InMemoryStore memory = new InMemoryStore(ticker);
            return (SharedStore) Proxy.newProxyInstance(
                    SharedStore.class.getClassLoader(), new Class<?>[] {SharedStore.class}, (proxy, method, args) -> {
                        Object result = method.invoke(memory, args);
                        if (!method.getName().equals("permit")) {
                            return result;
                        }
                        asked.incrementAndGet();
                        return reply.thenCompose(now -> (CompletionStage<?>) result);
                    });
        }
    }

    /** If waiting callers held on to the threads that carry virtual ones, nobody could let them go. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areManyAtOnceAndGoOnInTheirThreadsWhenItComes(boolean virtual) {
        Combined.application(Hesitant.class)
                .withBean(Partner.class)
                .withPropertyValues(
                        "spring.threads.virtual.enabled=" + virtual,
                        "spring.task.execution.pool.core-size=" + (CALLERS + 1),
                        "breaker.defaults.permitted-number-of-calls-in-half-open-state=" + CALLERS,
                        "breaker.defaults.half-open-acquire-timeout=1m")
                .run(context -> {
                    Hesitant store = context.getBean(Hesitant.class);
                    for (int i = 0; i < 2; i++) {
                        Combined.circuit(context).acquire().failure(new IOException("down"), 0);
                    }
                    context.getBean(ManualTicker.class)
                            .advance(Combined.circuit(context).config().waitDurationInOpenState());
                    Executor threads = context.getBean("applicationTaskExecutor", Executor.class);
                    Partner partner = context.getBean(Partner.class);
                    List<CompletableFuture<Thread>> calls = Stream.generate(
                                    () -> CompletableFuture.supplyAsync(partner::ask, threads))
                            .limit(CALLERS)
                            .toList();
                    await().atMost(20, TimeUnit.SECONDS).until(() -> store.asked.get() == CALLERS);
                    assertThat(calls).noneMatch(CompletableFuture::isDone);
                    threads.execute(() -> store.reply.complete(null));
                    assertThat(calls).allSatisfy(call -> {
                        assertThat(call).succeedsWithin(20, TimeUnit.SECONDS);
                        AsyncTest.assertRuns(virtual, call.join());
                    });
                });
    }
}
