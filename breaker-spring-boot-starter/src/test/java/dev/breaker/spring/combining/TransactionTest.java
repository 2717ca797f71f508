package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class TransactionTest {

    static class Orders {
        boolean down;

        @Transactional
        @CircuitBreaker(name = "partner")
        public String order() {
            return "ordered";
        }

        @Transactional
        @CircuitBreaker(name = "partner", fallbackMethod = "later")
        public String orderOrLater() {
            if (down) {
                throw new IllegalStateException("down");
            }
            return "ordered";
        }

        String later() {
            boolean inTransaction = TransactionSynchronizationManager.isActualTransactionActive();
            return inTransaction ? "later, in a transaction" : "later";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Enabled {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 0)
    static class EnabledEarly {}

    @Configuration(proxyBeanMethods = false)
    static class AutoConfigured {}

    private static ApplicationContextRunner application(Class<?> configuration) {
        return Combined.application(configuration)
                .withBean(RecordedTransactions.class)
                .withBean(Orders.class);
    }

    private static List<String> log(ApplicationContext context) {
        return context.getBean(RecordedTransactions.class).log;
    }

    @ParameterizedTest
    @ValueSource(classes = {Enabled.class, EnabledEarly.class, AutoConfigured.class})
    void aRejectedCallOpensNoTransactionWhateverTheOrder(Class<?> configuration) {
        for (int order : new int[] {0, Integer.MAX_VALUE}) {
            application(configuration)
                    .withPropertyValues("breaker.aspect.order=" + order)
                    .run(context -> {
                        Orders orders = context.getBean(Orders.class);
                        orders.order();
                        assertThat(log(context)).containsExactly("begin", "commit");
                        Combined.open(context);
                        assertThatExceptionOfType(CallNotPermittedException.class)
                                .isThrownBy(orders::order);
                        assertThat(log(context)).containsExactly("begin", "commit");
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Enabled.class, EnabledEarly.class, AutoConfigured.class})
    void aFallbackRunsAfterTheRollback(Class<?> configuration) {
        application(configuration).run(context -> {
            Orders orders = context.getBean(Orders.class);
            Combined.target(orders).down = true;
            assertThat(orders.orderOrLater()).isEqualTo("later");
            assertThat(log(context)).containsExactly("begin", "rollback");
            Combined.assertCounted(context, 1, 1);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Enabled.class, EnabledEarly.class, AutoConfigured.class})
    void aCommitThatFailsIsAFailure(Class<?> configuration) {
        application(configuration).run(context -> {
            context.getBean(RecordedTransactions.class).commitsFail = true;
            assertThatExceptionOfType(TransactionSystemException.class)
                    .isThrownBy(context.getBean(Orders.class)::order);
            Combined.assertCounted(context, 1, 1);
            assertThat(context.getBean(Orders.class).orderOrLater()).isEqualTo("later");
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Enabled.class, EnabledEarly.class, AutoConfigured.class})
    void aFallbackDoesNotSaveTheTransactionOfTheCaller(Class<?> configuration) {
        application(configuration).run(context -> {
            Orders orders = context.getBean(Orders.class);
            Combined.target(orders).down = true;
            TransactionTemplate caller = new TransactionTemplate(context.getBean(RecordedTransactions.class));
            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(() -> caller.execute(status -> orders.orderOrLater()));
            assertThat(log(context)).containsExactly("begin", "rollback");
        });
    }
}
