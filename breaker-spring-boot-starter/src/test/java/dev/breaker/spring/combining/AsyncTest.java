package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.CallNotPermittedException;
import dev.breaker.ManualTicker;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** Asynchronous methods, and all annotations at once; with virtual threads where the JDK has them, and without. */
class AsyncTest {

    static class Offers {
        int failures;
        volatile Thread thread = Thread.currentThread();

        @Async
        @CircuitBreaker(name = "partner")
        public CompletableFuture<String> offer() {
            thread = Thread.currentThread();
            if (failures-- > 0) {
                throw new IllegalStateException("down");
            }
            return CompletableFuture.completedFuture("hot");
        }

        @Async
        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public CompletableFuture<String> offerOrCold() {
            return offer();
        }

        CompletableFuture<String> cold() {
            thread = Thread.currentThread();
            return CompletableFuture.completedFuture("cold");
        }

        @Async
        @CircuitBreaker(name = "partner")
        public void order() {}
    }

    static class Everything {
        int failures;

        @Async
        @CircuitBreaker(name = "partner")
        @ConcurrencyLimit(1)
        @Retryable(maxRetries = 3, delay = 0)
        @Transactional
        @Cacheable("offers")
        public CompletableFuture<String> offer() {
            if (failures-- > 0) {
                throw new IllegalStateException("down");
            }
            return CompletableFuture.completedFuture("hot");
        }
    }

    static class Uncaught {
        final BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Application {
        @Bean
        Uncaught uncaught() {
            return new Uncaught();
        }

        @Bean
        AsyncConfigurer handler(Uncaught uncaught) {
            return new AsyncConfigurer() {
                @Override
                public AsyncUncaughtExceptionHandler getAsyncUncaughtExceptionHandler() {
                    return (thrown, method, arguments) -> uncaught.thrown.add(thrown);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    @EnableResilientMethods
    @EnableTransactionManagement
    @EnableCaching
    @Import({Everything.class, ManualTicker.class, RecordedTransactions.class})
    static class WholeApplication {
        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    private static ApplicationContextRunner application(boolean virtual) {
        return Combined.application(Application.class)
                .withBean(Offers.class)
                .withPropertyValues("spring.threads.virtual.enabled=" + virtual);
    }

    /** What {@code Thread.isVirtual()} says, which is younger than the oldest JDK that this runs on. */
    private static boolean isVirtual(Thread thread) {
        return thread.getClass().getName().equals("java.lang.VirtualThread");
    }

    static void assertRuns(boolean virtual, Thread thread) {
        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(isVirtual(thread)).isEqualTo(virtual && Runtime.version().feature() >= 21);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallCountsWhenItEndsAndNotWhenItIsSubmitted(boolean virtual) {
        application(virtual).run(context -> {
            Offers offers = context.getBean(Offers.class);
            Combined.target(offers).failures = 1;
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> offers.offer().get(10, TimeUnit.SECONDS))
                    .withMessageContaining("down");
            Combined.assertCounted(context, 1, 1);
            assertRuns(virtual, Combined.target(offers).thread);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFutureOfARejectedCallFails(boolean virtual) {
        application(virtual).run(context -> {
            Combined.open(context);
            CompletableFuture<String> offer = context.getBean(Offers.class).offer();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> offer.get(10, TimeUnit.SECONDS))
                    .withCauseInstanceOf(CallNotPermittedException.class);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFallbackRunsInTheThreadOfTheCall(boolean virtual) {
        application(virtual).run(context -> {
            Combined.open(context);
            Offers offers = context.getBean(Offers.class);
            assertThat(offers.offerOrCold().get(10, TimeUnit.SECONDS)).isEqualTo("cold");
            assertRuns(virtual, Combined.target(offers).thread);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRejectedCallWithoutResultGoesToTheHandlerOfUncaughtExceptions(boolean virtual) {
        application(virtual).run(context -> {
            Combined.open(context);
            context.getBean(Offers.class).order();
            assertThat(context.getBean(Uncaught.class).thrown.poll(10, TimeUnit.SECONDS))
                    .isInstanceOf(CallNotPermittedException.class);
        });
    }

    private static ConfigurableApplicationContext start(boolean virtual, int order) {
        return new SpringApplicationBuilder(WholeApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.threads.virtual.enabled=" + virtual,
                        "breaker.aspect.order=" + order,
                        "breaker.shared.enabled=false")
                .run();
    }

    private static List<String> expectedAdvice(boolean inside) {
        List<String> outer = List.of("ConcurrencyLimitInterceptor", "RetryAnnotationInterceptor");
        List<String> breaker = List.of("BreakerInterceptor");
        return Stream.of(
                        List.of("AnnotationAsyncExecutionInterceptor"),
                        inside ? outer : breaker,
                        inside ? breaker : outer)
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"true, false, 1, 0", "false, false, 1, 0", "true, true, 2, 1", "false, true, 2, 1"})
    void allAnnotationsTogetherKeepTheirPlaces(boolean virtual, boolean inside, int calls, int failures)
            throws Exception {
        try (ConfigurableApplicationContext context = start(virtual, inside ? 0 : Integer.MAX_VALUE)) {
            Everything everything = context.getBean(Everything.class);
            assertThat(Combined.advice(everything))
                    .startsWith(expectedAdvice(inside).toArray(String[]::new))
                    .contains("TransactionInterceptor", "CacheInterceptor")
                    .hasSize(6);
            Combined.target(everything).failures = 1;
            assertThat(everything.offer().get(10, TimeUnit.SECONDS)).isEqualTo("hot");
            Combined.assertCounted(context, calls, failures);
        }
    }
}
