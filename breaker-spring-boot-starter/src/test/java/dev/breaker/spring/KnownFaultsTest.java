package dev.breaker.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.Outcome;
import dev.breaker.OutcomeClassifier;
import dev.breaker.Permit;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerRedisAutoConfiguration;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.AopTestUtils;

/**
 * Faults that circuit breakers of the field have or had, none of which may exist here. Through the public API only. That an
 * endpoint creates a circuit is one more, which EndpointsTest tries over HTTP.
 */
class KnownFaultsTest {

    private static final int PROBES = 2;
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore store = new InMemoryStore(ticker);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withBean(Ticker.class, () -> ticker)
            .withPropertyValues(
                    "breaker.defaults.consecutive-failure-threshold=2",
                    "breaker.defaults.permitted-number-of-calls-in-half-open-state=" + PROBES,
                    "breaker.defaults.wait-duration-in-open-state=" + WAIT,
                    "breaker.defaults.probe-lease=" + LEASE);

    private ApplicationContextRunner shared() {
        return application.withBean(SharedStore.class, () -> store);
    }

    private static Breaker breaker(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker("partner");
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.acquire().failure(new IOException("down"), 0);
        }
    }

    private Breaker halfOpen(Breaker breaker) {
        fail(breaker, 2);
        ticker.advance(WAIT);
        return breaker;
    }

    private static int probesGiven(Breaker breaker) {
        return (int) IntStream.range(0, 10 * PROBES)
                .filter(i -> breaker.tryAcquire() != null)
                .count();
    }

    @Nested
    class HalfOpen {

        @Test
        void anErrorDoesNotLeakItsPermit() {
            application
                    .withPropertyValues("breaker.defaults.failure-rate-threshold=100")
                    .run(context -> {
                        Breaker breaker = halfOpen(breaker(context));
                        Callable<String> broken = () -> {
                            throw new StackOverflowError();
                        };
                        for (int i = 0; i < PROBES; i++) {
                            assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> breaker.call(broken));
                        }
                        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
                        ticker.advance(WAIT);
                        assertThat(probesGiven(breaker)).isEqualTo(PROBES);
                    });
        }

        @Test
        void aLateResultFromClosedNeitherClosesNorMintsAPermit() {
            application.run(context -> {
                Breaker breaker = breaker(context);
                Permit late = breaker.acquire();
                Permit later = breaker.acquire();
                halfOpen(breaker);
                Permit probe = breaker.acquire();
                late.success(0);
                later.success(0);
                assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
                assertThat(probesGiven(breaker)).isEqualTo(PROBES - 1);
                probe.ignore();
            });
        }

        @Test
        void aHungProbeDoesNotHoldItForEver() {
            shared().run(context -> {
                Breaker breaker = halfOpen(breaker(context));
                assertThat(probesGiven(breaker)).isEqualTo(PROBES);
                ticker.advance(LEASE.plusSeconds(1));
                assertThat(probesGiven(breaker)).isEqualTo(PROBES);
            });
        }

        @Test
        void steadyRejectedTrafficDoesNotKeepTheLeaseOfADeadProbeAlive() {
            shared().run(dead -> shared().run(alive -> {
                halfOpen(breaker(dead));
                assertThat(probesGiven(breaker(dead))).isEqualTo(PROBES);
                dead.close();
                Breaker breaker = breaker(alive);
                Duration asking = Duration.ofMillis(100);
                for (Duration time = Duration.ZERO; time.compareTo(LEASE) < 0; time = time.plus(asking)) {
                    assertThat(breaker.tryAcquire()).isNull();
                    ticker.advance(asking);
                }
                ticker.advance(Duration.ofSeconds(1));
                assertThat(probesGiven(breaker)).isEqualTo(PROBES);
            }));
        }
    }

    @Test
    void resetLeavesNoTimerRunning() {
        application
                .withPropertyValues("breaker.defaults.automatic-transition=true")
                .run(context -> {
                    Breaker breaker = breaker(context);
                    fail(breaker, 2);
                    breaker.reset("partner repaired", "test");
                    ticker.advance(WAIT.multipliedBy(3));
                    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
                });
    }

    @Test
    void aRejectionIsCountedOnce() {
        AtomicInteger told = new AtomicInteger();
        BreakerListener listener = new BreakerListener() {
            @Override
            public void onRejected(BreakerEvent.Rejected event) {
                told.incrementAndGet();
            }
        };
        application
                .withBean(BreakerListener.class, () -> listener)
                .withBean(Partner.class)
                .run(context -> {
                    Breaker breaker = breaker(context);
                    fail(breaker, 2);
                    assertThat(context.getBean(Partner.class).hot("anna")).isEqualTo("cold for anna");
                    assertThat(breaker.snapshot().rejectedCalls()).isEqualTo(1);
                    assertThat(told).hasValue(1);
                });
    }

    @Nested
    class InTheCluster {

        @Test
        void onePeersSuccessDoesNotWipeTheFailuresOfAll() {
            ApplicationContextRunner service = shared().withPropertyValues(
                            "breaker.defaults.consecutive-failure-threshold=0",
                            "breaker.defaults.failure-count-threshold=4");
            service.run(sick -> service.run(healthy -> {
                fail(breaker(sick), 3);
                ticker.advance(Duration.ofSeconds(1));
                breaker(healthy).acquire().success(0);
                ticker.advance(Duration.ofSeconds(1));
                fail(breaker(sick), 1);
                ticker.advance(Duration.ofSeconds(1));
                assertThat(breaker(healthy).state()).isEqualTo(BreakerState.OPEN);
            }));
        }

        @Test
        void noKeyOfTheStateLivesForEver() {
            try (RealRedis redis = RealRedis.start()) {
                new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(
                                DataRedisAutoConfiguration.class,
                                BreakerAutoConfiguration.class,
                                BreakerRedisAutoConfiguration.class))
                        .withPropertyValues(
                                "spring.application.name=offers",
                                "spring.data.redis.port=" + redis.port(),
                                "breaker.defaults.consecutive-failure-threshold=2",
                                "breaker.defaults.wait-duration-in-open-state=1ms")
                        .run(context -> {
                            Breaker breaker = breaker(context);
                            breaker.acquire().success(0);
                            awaitMortal(redis, ":window:");
                            fail(breaker, 2);
                            awaitMortal(redis, ":state");
                            breaker.forceOpen("maintenance", "test", Duration.ofMinutes(1));
                            awaitMortal(redis, ":override");
                            breaker.release("done", "test");
                            await().until(() -> breaker.tryAcquire() != null);
                            awaitMortal(redis, ":permits");
                        });
            }
        }

        private static void awaitMortal(RealRedis redis, String part) {
            await(part)
                    .untilAsserted(() -> assertThat(keys(redis))
                            .anyMatch(key -> key.contains(part))
                            .allSatisfy(key -> assertThat((Long) redis.command("PTTL", key))
                                    .as(key)
                                    .isPositive()));
        }

        @SuppressWarnings("unchecked")
        private static List<String> keys(RealRedis redis) {
            return (List<String>) redis.command("KEYS", "*");
        }
    }

    static class Partner {

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String hot(String customer) {
            throw new IllegalStateException("down");
        }

        @SuppressWarnings("unused")
        private String cold(String customer) {
            return "cold for " + customer;
        }
    }

    @CircuitBreaker(name = "partner", fallbackMethod = "cold")
    static class GuardedClass {

        final AtomicInteger calls = new AtomicInteger();

        public String hot() {
            calls.incrementAndGet();
            throw new IllegalStateException("down");
        }

        public String cold(Throwable cause) {
            throw new IllegalArgumentException("no cold offers either", cause);
        }
    }

    static class FuturePartner {

        final FutureTask<String> answer = new FutureTask<>(() -> {
            throw new IOException("down");
        });

        @CircuitBreaker(name = "partner")
        public Future<String> hot() {
            return answer;
        }
    }

    static class StagePartner {

        final CompletableFuture<String> answer = new CompletableFuture<>();

        @CircuitBreaker(name = "partner")
        public CompletableFuture<String> hot() {
            return answer;
        }
    }

    static class WithoutFallback {

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String hot() {
            return "hot";
        }
    }

    static class Business {

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String hot() {
            throw new IllegalArgumentException("no such customer");
        }

        @SuppressWarnings("unused")
        private String cold(Throwable cause) {
            return "cold";
        }
    }

    @Nested
    class Annotated {

        @Test
        void aPrivateFallbackWorksUnderConcurrency() {
            application.withBean(Partner.class).run(context -> {
                Partner partner = context.getBean(Partner.class);
                ExecutorService callers = Executors.newFixedThreadPool(8);
                try {
                    List<Callable<String>> calls = IntStream.range(0, 2_000)
                            .mapToObj(i -> (Callable<String>) () -> partner.hot("c" + i))
                            .toList();
                    List<Future<String>> answers = callers.invokeAll(calls);
                    for (int i = 0; i < answers.size(); i++) {
                        assertThat(answers.get(i).get()).isEqualTo("cold for c" + i);
                    }
                } finally {
                    callers.shutdown();
                }
            });
        }

        @Test
        void aPublicFallbackOfAnAnnotatedClassDoesNotRecurse() {
            application.withBean(GuardedClass.class).run(context -> {
                GuardedClass guarded = context.getBean(GuardedClass.class);
                assertThatExceptionOfType(IllegalArgumentException.class)
                        .isThrownBy(guarded::hot)
                        .withMessage("no cold offers either");
                assertThat(breaker(context).snapshot().counts().calls()).isEqualTo(1);
            });
        }

        @Test
        void aFutureIsNoSuccessBeforeItEnds() {
            application.withBean(FuturePartner.class).run(context -> {
                Future<String> answer = context.getBean(FuturePartner.class).hot();
                assertThat(breaker(context).snapshot().counts().calls()).isZero();
                ((FuturePartner) AopTestUtils.getTargetObject(context.getBean(FuturePartner.class))).answer.run();
                assertThatExceptionOfType(ExecutionException.class).isThrownBy(answer::get);
                assertThat(breaker(context).snapshot().counts().failures()).isEqualTo(1);
            });
        }

        @Test
        void aStageIsNoSuccessBeforeItEnds() {
            application.withBean(StagePartner.class).run(context -> {
                CompletableFuture<String> answer =
                        context.getBean(StagePartner.class).hot();
                assertThat(breaker(context).snapshot().counts().calls()).isZero();
                ((StagePartner) AopTestUtils.getTargetObject(context.getBean(StagePartner.class)))
                        .answer.completeExceptionally(new IOException("down"));
                assertThat(answer).isCompletedExceptionally();
                assertThat(breaker(context).snapshot().counts().failures()).isEqualTo(1);
            });
        }

        @Test
        void aMissingFallbackIsFoundAtStartUp() {
            application
                    .withBean(WithoutFallback.class)
                    .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("cold"));
        }

        @Test
        void aFallbackDoesNotAnswerForAnIgnoredExceptionThatItDoesNotName() {
            application
                    .withBean(
                            OutcomeClassifier.class,
                            () -> (result, thrown) -> thrown instanceof IllegalArgumentException
                                    ? Outcome.IGNORED
                                    : OutcomeClassifier.standard().classify(result, thrown))
                    .withBean(Business.class)
                    .run(context -> assertThatExceptionOfType(IllegalArgumentException.class)
                            .isThrownBy(context.getBean(Business.class)::hot));
        }
    }
}
