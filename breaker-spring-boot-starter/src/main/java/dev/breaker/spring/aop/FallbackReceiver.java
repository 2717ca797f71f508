package dev.breaker.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.BeanFactory;

/** Finds the object that a fallback is called on: never a proxy, unless there is nothing behind it. */
@FunctionalInterface
interface FallbackReceiver {

    Object of(MethodInvocation invocation) throws Exception;

    /** The object whose method was guarded. */
    static Object sameBean(MethodInvocation invocation) throws Exception {
        Object target = invocation.getThis();
        return target != null ? behindProxies(target) : ((ProxyMethodInvocation) invocation).getProxy();
    }

    /** Another bean, fetched when first needed. */
    static FallbackReceiver otherBean(BeanFactory beans, String name) {
        return new FallbackReceiver() {

            private volatile @Nullable Object singleton;

            @Override
            public Object of(MethodInvocation invocation) throws Exception {
                Object known = singleton;
                if (known != null) {
                    return known;
                }
                Object bean = beans.getBean(name);
                Object target = behindProxies(bean);
                if (beans.isSingleton(name) && !isDynamic(bean)) {
                    singleton = target;
                }
                return target;
            }
        };
    }

    private static boolean isDynamic(Object bean) {
        return bean instanceof Advised proxy && !proxy.getTargetSource().isStatic();
    }

    private static Object behindProxies(Object bean) throws Exception {
        Object current = bean;
        while (current instanceof Advised proxy) {
            Object target = proxy.getTargetSource().getTarget();
            if (target == null) {
                break;
            }
            current = target;
        }
        return current;
    }
}
