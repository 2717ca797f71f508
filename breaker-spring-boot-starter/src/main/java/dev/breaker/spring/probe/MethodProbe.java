package dev.breaker.spring.probe;

import dev.breaker.HealthProbe;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.BeanFactory;

/** Calls a method of a bean, behind its proxies: the circuit breaker of an annotated method would reject the call. */
record MethodProbe(BeanFactory beans, String bean, Method method) implements HealthProbe {

    @Override
    public void check() throws Exception {
        Object target = behindProxies(beans.getBean(bean));
        try {
            Answer.check(bean + "::" + method.getName(), method.invoke(target));
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw failed;
        }
    }

    /* What is behind the proxy of a repository does not have the repository's methods. */
    private Object behindProxies(Object proxied) throws Exception {
        Object current = proxied;
        while (current instanceof Advised proxy) {
            Object target = proxy.getTargetSource().getTarget();
            if (!method.getDeclaringClass().isInstance(target)) {
                break;
            }
            current = target;
        }
        return current;
    }
}
