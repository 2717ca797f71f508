package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Counts;
import dev.breaker.ManualTicker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.AopTestUtils;

/**
 * Applications in which {@code @CircuitBreaker} meets other annotations. The clock stands still, and circuits open when two
 * calls have failed.
 */
final class Combined {

    /** Inside what {@code @EnableResilientMethods} adds. */
    static final String INSIDE = "breaker.aspect.order=0";

    /** The circuit of all methods here. */
    static final String CIRCUIT = "partner";

    private Combined() {}

    static ApplicationContextRunner application(Class<?>... configurations) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        BreakerAutoConfiguration.class))
                .withBean(ManualTicker.class)
                .withPropertyValues(
                        "breaker.defaults.minimum-number-of-calls=2", "breaker.defaults.failure-rate-threshold=100")
                .withUserConfiguration(configurations);
    }

    static Breaker circuit(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class).breaker(CIRCUIT);
    }

    static void open(ApplicationContext context) {
        circuit(context).forceOpen("test", "test", null);
    }

    static void assertCounted(ApplicationContext context, long calls, long failures) {
        Counts counts = circuit(context).snapshot().counts();
        assertThat(counts.calls()).as("calls").isEqualTo(calls);
        assertThat(counts.failures()).as("failures").isEqualTo(failures);
    }

    static long rejected(ApplicationContext context) {
        return circuit(context).snapshot().rejectedCalls();
    }

    static <T> T target(T bean) {
        return AopTestUtils.getTargetObject(bean);
    }

    /** Names of the advice around a bean, outermost first. */
    static List<String> advice(Object bean) {
        return Stream.of(((Advised) bean).getAdvisors())
                .map(advisor -> advisor.getAdvice().getClass().getSimpleName())
                .distinct()
                .toList();
    }
}
