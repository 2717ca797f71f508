package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class CacheTest {

    static class Offers {
        int requests;

        @Cacheable("offers")
        @CircuitBreaker(name = "partner")
        public String offer(String customer) {
            requests++;
            return "hot for " + customer;
        }

        @Cacheable("offers")
        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String offerOrCold(String customer) {
            return offer(customer);
        }

        String cold(String customer) {
            return "cold for " + customer;
        }
    }

    static class PartnerClient {
        int requests;

        @CircuitBreaker(name = "partner")
        public String offer(String customer) {
            requests++;
            return "hot for " + customer;
        }

        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String offerOrCold(String customer) {
            return offer(customer);
        }

        String cold(String customer) {
            return "cold for " + customer;
        }
    }

    static class CachedOffers {
        private final PartnerClient client;

        CachedOffers(PartnerClient client) {
            this.client = client;
        }

        @Cacheable("offers")
        public String offer(String customer) {
            return client.offer(customer);
        }

        @Cacheable("offers")
        public String offerOrCold(String customer) {
            return client.offerOrCold(customer);
        }
    }

    static class RememberedOffers {
        private final CacheManager caches;

        RememberedOffers(CacheManager caches) {
            this.caches = caches;
        }

        @Cacheable("offers")
        @CircuitBreaker(name = "partner", fallbackMethod = "remembered")
        public String offer(String customer) {
            return "hot for " + customer;
        }

        String remembered(String customer, CallNotPermittedException rejected) {
            String offer = caches.getCache("offers").get(customer, String.class);
            if (offer == null) {
                throw rejected;
            }
            return offer;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Application {
        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    private final ApplicationContextRunner runner = Combined.application(Application.class)
            .withBean(Offers.class)
            .withBean(PartnerClient.class)
            .withBean(CachedOffers.class)
            .withBean(RememberedOffers.class);

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE})
    void aCachedAnswerIsASuccessThatPassesTheCircuitWhateverTheOrder(int order) {
        runner.withPropertyValues("breaker.aspect.order=" + order).run(context -> {
            Offers offers = context.getBean(Offers.class);
            offers.offer("anna");
            assertThat(offers.offer("anna")).isEqualTo("hot for anna");
            Combined.assertCounted(context, 2, 0);
            assertThat(Combined.advice(offers)).containsExactly("BreakerInterceptor", "CacheInterceptor");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE})
    void aCachedAnswerIsRejectedWhileTheCircuitIsOpenWhateverTheOrder(int order) {
        runner.withPropertyValues("breaker.aspect.order=" + order).run(context -> {
            Offers offers = context.getBean(Offers.class);
            offers.offer("anna");
            Combined.open(context);
            assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(() -> offers.offer("anna"));
        });
    }

    @Test
    void whatAFallbackAnswersIsNotCached() {
        runner.run(context -> {
            Combined.open(context);
            assertThat(context.getBean(Offers.class).offerOrCold("anna")).isEqualTo("cold for anna");
            Combined.circuit(context).release("test", "test");
            assertThat(context.getBean(Offers.class).offerOrCold("anna")).isEqualTo("hot for anna");
        });
    }

    @Test
    void aCacheOnAnotherBeanOutsideAnswersWhileTheCircuitIsOpen() {
        runner.run(context -> {
            CachedOffers offers = context.getBean(CachedOffers.class);
            offers.offer("anna");
            Combined.open(context);
            assertThat(offers.offer("anna")).isEqualTo("hot for anna");
            assertThat(Combined.rejected(context)).isZero();
            assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(() -> offers.offer("otto"));
        });
    }

    @Test
    void aCacheOnAnotherBeanOutsideHidesItsAnswersFromTheCircuit() {
        runner.run(context -> {
            CachedOffers offers = context.getBean(CachedOffers.class);
            offers.offer("anna");
            offers.offer("anna");
            Combined.assertCounted(context, 1, 0);
        });
    }

    @Test
    void aCacheOnAnotherBeanOutsideKeepsWhatAFallbackInsideAnswers() {
        runner.run(context -> {
            CachedOffers offers = context.getBean(CachedOffers.class);
            Combined.open(context);
            offers.offerOrCold("anna");
            Combined.circuit(context).release("test", "test");
            assertThat(offers.offerOrCold("anna")).isEqualTo("cold for anna");
        });
    }

    @Test
    void aFallbackMayAnswerFromTheCache() {
        runner.run(context -> {
            RememberedOffers offers = context.getBean(RememberedOffers.class);
            offers.offer("anna");
            Combined.open(context);
            assertThat(offers.offer("anna")).isEqualTo("hot for anna");
            assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(() -> offers.offer("otto"));
        });
    }
}
