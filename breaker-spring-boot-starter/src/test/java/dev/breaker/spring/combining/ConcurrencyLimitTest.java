package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.breaker.CallNotPermittedException;
import dev.breaker.ManualTicker;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;

/** Callers run on virtual threads where the JDK has them and the application asks for them. */
class ConcurrencyLimitTest {

    static class Offers {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        private String ask() throws InterruptedException {
            entered.countDown();
            release.await();
            return "hot";
        }

        @ConcurrencyLimit(1)
        @CircuitBreaker(name = "partner")
        public String offer() throws InterruptedException {
            return ask();
        }

        @ConcurrencyLimit(limit = 1, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)
        @CircuitBreaker(name = "partner")
        public String offerAtOnce() throws InterruptedException {
            return ask();
        }

        @ConcurrencyLimit(limit = 1, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)
        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String offerOrCold() throws InterruptedException {
            return ask();
        }

        String cold() {
            return "cold";
        }
    }

    @FunctionalInterface
    interface Call {
        String on(Offers offers) throws InterruptedException;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Application {}

    private static ApplicationContextRunner application(boolean virtual) {
        return Combined.application(Application.class)
                .withBean(Offers.class)
                .withPropertyValues("spring.threads.virtual.enabled=" + virtual);
    }

    private static Offers offers(ApplicationContext context) {
        return context.getBean(Offers.class);
    }

    /** Makes a call that stays in the method, at its limit. */
    private static Future<String> fill(ApplicationContext context, Call call) throws InterruptedException {
        Future<String> first = context.getBean(AsyncTaskExecutor.class).submit(() -> call.on(offers(context)));
        assertThat(Combined.target(offers(context)).entered.await(10, TimeUnit.SECONDS))
                .isTrue();
        return first;
    }

    /** Makes a call that waits until the one before has ended. */
    private static Future<String> queue(ApplicationContext context, Call call) {
        AtomicReference<Thread> caller = new AtomicReference<>();
        Future<String> second = context.getBean(AsyncTaskExecutor.class).submit(() -> {
            caller.set(Thread.currentThread());
            return call.on(offers(context));
        });
        await().until(() -> caller.get() != null && caller.get().getState() == Thread.State.WAITING);
        return second;
    }

    private static void release(ApplicationContext context) {
        Combined.target(offers(context)).release.countDown();
    }

    @Nested
    class ByDefault {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void theWaitAtTheLimitIsPartOfTheCall(boolean virtual) {
            application(virtual)
                    .withPropertyValues(
                            "breaker.defaults.slow-call-duration-threshold=1s",
                            "breaker.defaults.minimum-number-of-calls=3")
                    .run(context -> {
                        Future<String> first = fill(context, Offers::offer);
                        Future<String> second = queue(context, Offers::offer);
                        context.getBean(ManualTicker.class).advance(Duration.ofSeconds(2));
                        release(context);
                        assertThat(first.get()).isEqualTo(second.get()).isEqualTo("hot");
                        assertThat(Combined.circuit(context).snapshot().counts().slow())
                                .isEqualTo(2);
                    });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallThatWaitsWhenTheCircuitOpensIsStillMade(boolean virtual) {
            application(virtual).run(context -> {
                fill(context, Offers::offer);
                Future<String> second = queue(context, Offers::offer);
                Combined.open(context);
                release(context);
                assertThat(second.get()).isEqualTo("hot");
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallIsRejectedByAnOpenCircuitWithoutAWait(boolean virtual) {
            application(virtual).run(context -> {
                fill(context, Offers::offer);
                Combined.open(context);
                assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(offers(context)::offer);
                release(context);
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallThatTheLimitRejectsIsAFailure(boolean virtual) {
            application(virtual).run(context -> {
                fill(context, Offers::offerAtOnce);
                assertThatExceptionOfType(InvocationRejectedException.class).isThrownBy(offers(context)::offerAtOnce);
                Combined.assertCounted(context, 1, 1);
                release(context);
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aFallbackAnswersForACallThatTheLimitRejects(boolean virtual) {
            application(virtual).run(context -> {
                fill(context, Offers::offerOrCold);
                assertThat(offers(context).offerOrCold()).isEqualTo("cold");
                release(context);
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallThatTheLimitRejectsDoesNotCountIfIgnored(boolean virtual) {
            application(virtual)
                    .withPropertyValues("breaker.instances.partner.ignore-exceptions="
                            + "org.springframework.resilience.InvocationRejectedException")
                    .run(context -> {
                        fill(context, Offers::offerAtOnce);
                        assertThatExceptionOfType(InvocationRejectedException.class)
                                .isThrownBy(offers(context)::offerAtOnce);
                        Combined.assertCounted(context, 0, 0);
                        release(context);
                    });
        }
    }

    @Nested
    class WithTheCircuitBreakerInside {

        private ApplicationContextRunner inside(boolean virtual) {
            return application(virtual).withPropertyValues(Combined.INSIDE);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void theWaitAtTheLimitIsNotPartOfTheCall(boolean virtual) {
            inside(virtual)
                    .withPropertyValues(
                            "breaker.defaults.slow-call-duration-threshold=1s",
                            "breaker.defaults.minimum-number-of-calls=3")
                    .run(context -> {
                        Future<String> first = fill(context, Offers::offer);
                        Future<String> second = queue(context, Offers::offer);
                        context.getBean(ManualTicker.class).advance(Duration.ofSeconds(2));
                        release(context);
                        assertThat(first.get()).isEqualTo(second.get()).isEqualTo("hot");
                        assertThat(Combined.circuit(context).snapshot().counts().slow())
                                .isEqualTo(1);
                    });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallThatWaitsWhenTheCircuitOpensIsRejectedAtItsTurn(boolean virtual) {
            inside(virtual).run(context -> {
                fill(context, Offers::offer);
                Future<String> second = queue(context, Offers::offer);
                Combined.open(context);
                release(context);
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(second::get)
                        .withCauseInstanceOf(CallNotPermittedException.class);
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCallThatTheLimitRejectsIsNotSeen(boolean virtual) {
            inside(virtual).run(context -> {
                fill(context, Offers::offerOrCold);
                assertThatExceptionOfType(InvocationRejectedException.class).isThrownBy(offers(context)::offerOrCold);
                Combined.assertCounted(context, 0, 0);
                release(context);
            });
        }
    }
}
