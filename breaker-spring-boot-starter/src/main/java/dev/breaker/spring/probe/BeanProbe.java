package dev.breaker.spring.probe;

import dev.breaker.HealthProbe;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.BeanFactory;

/**
 * Asks a bean that is one of the types which can serve as a probe.
 *
 * @param kind which of them
 */
record BeanProbe(BeanFactory beans, String name, Class<?> kind) implements HealthProbe {

    @Override
    public void check() throws Exception {
        Object bean = beans.getBean(name, kind);
        if (bean instanceof HealthProbe probe) {
            probe.check();
        } else if (bean instanceof BooleanSupplier supplier) {
            Answer.check(name, supplier.getAsBoolean());
        } else if (bean instanceof Callable<?> callable) {
            Answer.check(name, callable.call());
        } else {
            ((Runnable) bean).run();
        }
    }
}
