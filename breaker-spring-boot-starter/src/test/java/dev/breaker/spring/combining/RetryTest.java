package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

class RetryTest {

    static class Partner {
        int requests;
        int failures;

        String get() {
            requests++;
            if (failures-- > 0) {
                throw new IllegalStateException("down");
            }
            return "hot";
        }
    }

    static class Offers {
        private final Partner partner;

        Offers(Partner partner) {
            this.partner = partner;
        }

        @Retryable(maxRetries = 3, delay = 0)
        @CircuitBreaker(name = "partner")
        public String offer() {
            return partner.get();
        }

        @Retryable(maxRetries = 3, delay = 0, excludes = CallNotPermittedException.class)
        @CircuitBreaker(name = "partner")
        public String offerWhilePermitted() {
            return partner.get();
        }

        @Retryable(maxRetries = 3, delay = 0)
        @CircuitBreaker(name = "partner", fallbackMethod = "cold")
        public String offerOrCold() {
            return partner.get();
        }

        public String offerFromInside() {
            return offer();
        }

        String cold() {
            return "cold";
        }
    }

    interface Catalogue {
        @Retryable(maxRetries = 3, delay = 0)
        @CircuitBreaker(name = "partner")
        String offer();
    }

    static class PartnerCatalogue implements Catalogue {
        private final Partner partner;

        PartnerCatalogue(Partner partner) {
            this.partner = partner;
        }

        @Override
        public String offer() {
            return partner.get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Application {
        @Bean
        Partner partner() {
            return new Partner();
        }

        @Bean
        Offers offers(Partner partner) {
            return new Offers(partner);
        }

        @Bean
        Catalogue catalogue(Partner partner) {
            return new PartnerCatalogue(partner);
        }
    }

    private final ApplicationContextRunner runner = Combined.application(Application.class);

    @Nested
    class ByDefault {

        @Test
        void aCallWithAllItsAttemptsCountsOnce() {
            runner.run(context -> {
                Partner partner = context.getBean(Partner.class);
                partner.failures = 3;
                assertThat(context.getBean(Offers.class).offer()).isEqualTo("hot");
                assertThat(partner.requests).isEqualTo(4);
                Combined.assertCounted(context, 1, 0);
            });
        }

        @Test
        void aCallWhoseLastAttemptFailsIsOneFailure() {
            runner.run(context -> {
                Partner partner = context.getBean(Partner.class);
                partner.failures = 4;
                assertThatIllegalStateException()
                        .isThrownBy(context.getBean(Offers.class)::offer)
                        .withMessage("down");
                assertThat(partner.requests).isEqualTo(4);
                Combined.assertCounted(context, 1, 1);
            });
        }

        @Test
        void aRejectedCallIsNotRetried() {
            runner.run(context -> {
                Combined.open(context);
                assertThatExceptionOfType(CallNotPermittedException.class)
                        .isThrownBy(context.getBean(Offers.class)::offer);
                assertThat(context.getBean(Partner.class).requests).isZero();
                assertThat(Combined.rejected(context)).isEqualTo(1);
            });
        }

        @Test
        void theFallbackAnswersWhenAllAttemptsHaveFailed() {
            runner.run(context -> {
                context.getBean(Partner.class).failures = 4;
                assertThat(context.getBean(Offers.class).offerOrCold()).isEqualTo("cold");
                assertThat(context.getBean(Partner.class).requests).isEqualTo(4);
            });
        }
    }

    @Nested
    class WithTheCircuitBreakerInside {

        private final ApplicationContextRunner inside = runner.withPropertyValues(Combined.INSIDE);

        @Test
        void everyAttemptCounts() {
            inside.run(context -> {
                context.getBean(Partner.class).failures = 1;
                assertThat(context.getBean(Offers.class).offer()).isEqualTo("hot");
                Combined.assertCounted(context, 2, 1);
            });
        }

        @Test
        void aRejectedAttemptIsRetried() {
            inside.run(context -> {
                Combined.open(context);
                assertThatExceptionOfType(CallNotPermittedException.class)
                        .isThrownBy(context.getBean(Offers.class)::offer);
                assertThat(Combined.rejected(context)).isEqualTo(4);
            });
        }

        @Test
        void aRejectedAttemptIsNotRetriedIfExcluded() {
            inside.run(context -> {
                Combined.open(context);
                assertThatExceptionOfType(CallNotPermittedException.class)
                        .isThrownBy(context.getBean(Offers.class)::offerWhilePermitted);
                assertThat(Combined.rejected(context)).isEqualTo(1);
            });
        }

        @Test
        void anAttemptThatOpensTheCircuitIsTheLastIfRejectionsAreExcluded() {
            inside.run(context -> {
                context.getBean(Partner.class).failures = 4;
                assertThatExceptionOfType(CallNotPermittedException.class)
                        .isThrownBy(context.getBean(Offers.class)::offerWhilePermitted);
                assertThat(context.getBean(Partner.class).requests).isEqualTo(2);
                assertThat(Combined.rejected(context)).isEqualTo(1);
            });
        }

        @Test
        void aFallbackAnswersForTheFirstFailedAttemptSoThatNothingIsRetried() {
            inside.run(context -> {
                context.getBean(Partner.class).failures = 1;
                assertThat(context.getBean(Offers.class).offerOrCold()).isEqualTo("cold");
                assertThat(context.getBean(Partner.class).requests).isEqualTo(1);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 0, 4", "false, 0, 4", "true, 2147483647, 1", "false, 2147483647, 1"})
    void annotationsOnAnInterfaceCountWithEitherKindOfProxy(boolean subclasses, int order, int rejections) {
        runner.withPropertyValues("spring.aop.proxy-target-class=" + subclasses, "breaker.aspect.order=" + order)
                .run(context -> {
                    Catalogue catalogue = context.getBean(Catalogue.class);
                    assertThat(AopUtils.isCglibProxy(catalogue)).isEqualTo(subclasses);
                    Combined.open(context);
                    assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(catalogue::offer);
                    assertThat(Combined.rejected(context)).isEqualTo(rejections);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE})
    void aBeanThatCallsItselfPassesNeither(int order) {
        runner.withPropertyValues("breaker.aspect.order=" + order).run(context -> {
            context.getBean(Partner.class).failures = 1;
            assertThatIllegalStateException()
                    .isThrownBy(context.getBean(Offers.class)::offerFromInside)
                    .withMessage("down");
            assertThat(context.getBean(Partner.class).requests).isEqualTo(1);
            Combined.assertCounted(context, 0, 0);
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods(order = Integer.MAX_VALUE - 2)
    static class EarlierRetries {}

    @ParameterizedTest
    @CsvSource({"2147483646, 1", "2147483644, 4"})
    void theOrdersOfBothDecide(int order, int rejections) {
        Combined.application(EarlierRetries.class)
                .withBean(Partner.class)
                .withBean(Offers.class)
                .withPropertyValues("breaker.aspect.order=" + order)
                .run(context -> {
                    Combined.open(context);
                    assertThatExceptionOfType(CallNotPermittedException.class)
                            .isThrownBy(context.getBean(Offers.class)::offer);
                    assertThat(Combined.rejected(context)).isEqualTo(rejections);
                });
    }
}
