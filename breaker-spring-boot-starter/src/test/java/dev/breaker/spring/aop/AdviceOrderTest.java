package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.util.AopTestUtils;

/** Where circuit breakers stand among other advice. */
class AdviceOrderTest {

    static class Partner {
        int calls;
        int failures;
        CountDownLatch release = new CountDownLatch(1);

        @Retryable(maxRetries = 2, delay = 0)
        @CircuitBreaker(name = "retried")
        public String retried() {
            calls++;
            if (failures-- > 0) {
                throw new IllegalStateException("down");
            }
            return "hot";
        }

        @Async
        @CircuitBreaker(name = "async")
        public void async() throws InterruptedException {
            release.await();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods(proxyTargetClass = true)
    static class Retries {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true)
    static class Asynchrony {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true, order = 0)
    static class EarlyAsynchrony {}

    @Configuration(proxyBeanMethods = false)
    @Import(AutoProxying.class)
    static class Transactions {
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static Advisor transaction() {
            return new DefaultPointcutAdvisor(
                    new AnnotationMatchingPointcut(null, CircuitBreaker.class),
                    (MethodInterceptor) call -> call.proceed());
        }
    }

    static class AutoProxying implements ImportBeanDefinitionRegistrar {
        @Override
        public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
            AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
        }
    }

    private static Partner target(Partner partner) {
        return AopTestUtils.getTargetObject(partner);
    }

    private static List<String> chain(Circuits circuits) {
        return Stream.of(((Advised) circuits.bean(Partner.class)).getAdvisors())
                .map(advisor -> advisor.getAdvice().getClass().getSimpleName())
                .distinct()
                .toList();
    }

    @Test
    void aCallIsCountedOnceWithAllItsRetries() {
        try (Circuits circuits = Circuits.around(Partner.class, Retries.class)) {
            Partner partner = circuits.bean(Partner.class);
            Partner target = target(partner);
            target.failures = 2;
            assertThat(partner.retried()).isEqualTo("hot");
            assertThat(target.calls).isEqualTo(3);
            assertThat(circuits.counts("retried").calls()).isEqualTo(1);
            assertThat(circuits.counts("retried").failures()).isZero();
        }
    }

    @Test
    void aRejectedCallIsNotRetried() {
        try (Circuits circuits = Circuits.around(Partner.class, Retries.class)) {
            circuits.open("retried");
            assertThatExceptionOfType(CallNotPermittedException.class)
                    .isThrownBy(circuits.bean(Partner.class)::retried);
            assertThat(circuits.breaker("retried").snapshot().rejectedCalls()).isEqualTo(1);
        }
    }

    @Test
    void everyAttemptIsCountedIfTheOrderComesBeforeThatOfRetries() {
        try (Circuits circuits = Circuits.ordered(0, Partner.class, Retries.class)) {
            Partner partner = circuits.bean(Partner.class);
            target(partner).failures = 1;
            assertThat(partner.retried()).isEqualTo("hot");
            assertThat(circuits.counts("retried").calls()).isEqualTo(2);
            assertThat(circuits.counts("retried").failures()).isEqualTo(1);
        }
    }

    @Test
    void anAttemptThatOpensTheCircuitEndsTheCallIfTheOrderComesBeforeThatOfRetries() {
        try (Circuits circuits = Circuits.ordered(0, Partner.class, Retries.class)) {
            Partner partner = circuits.bean(Partner.class);
            target(partner).failures = 9;
            assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(partner::retried);
            assertThat(target(partner).calls).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Ordered.LOWEST_PRECEDENCE})
    void circuitBreakersStandOutsideAdvisors(int order) {
        try (Circuits circuits = Circuits.ordered(order, Partner.class, Transactions.class)) {
            assertThat(chain(circuits)).hasSize(2).first().isEqualTo("BreakerInterceptor");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Asynchrony.class, EarlyAsynchrony.class})
    void circuitBreakersStandInsideAsync(Class<?> asynchrony) {
        for (int order : new int[] {-1, Ordered.LOWEST_PRECEDENCE}) {
            try (Circuits circuits =
                    Circuits.ordered(order, Partner.class, asynchrony, Retries.class, Transactions.class)) {
                List<String> chain = new ArrayList<>(chain(circuits));
                assertThat(chain.indexOf("BreakerInterceptor"))
                        .isGreaterThan(chain.indexOf("AnnotationAsyncExecutionInterceptor"));
                assertThat(chain).hasSize(4);
            }
        }
    }

    @Test
    void anAsynchronousCallWithoutResultIsCountedWhenItEnds() throws Exception {
        try (Circuits circuits = Circuits.around(Partner.class, Asynchrony.class)) {
            Partner partner = circuits.bean(Partner.class);
            Partner target = target(partner);
            partner.async();
            assertThat(circuits.counts("async").calls()).isZero();
            target.release.countDown();
            Awaitility.await()
                    .atMost(10, TimeUnit.SECONDS)
                    .until(() -> circuits.counts("async").calls() == 1);
        }
    }
}
