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

    /** The object whose method was guarded, of the given class. */
    static FallbackReceiver sameBean(Class<?> type) {
        /* Asked once, of the class: that an object is no Advised took some 20 ns to find on Java 17. */
        boolean plain = !Advised.class.isAssignableFrom(type);
        return invocation -> {
            Object target = invocation.getThis();
            if (target == null) {
                return ((ProxyMethodInvocation) invocation).getProxy();
            }
            return plain && target.getClass() == type ? target : behindProxies(target, type);
        };
    }

    /** Another bean of the given class, fetched when first needed. */
    static FallbackReceiver otherBean(BeanFactory beans, String name, Class<?> type) {
        return new FallbackReceiver() {

            private volatile @Nullable Object singleton;

            @Override
            public Object of(MethodInvocation invocation) throws Exception {
                Object known = singleton;
                if (known != null) {
                    return known;
                }
                Object bean = beans.getBean(name);
                Object target = behindProxies(bean, type);
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

    /* What is behind the proxy of a repository does not have the repository's methods. */
    private static Object behindProxies(Object bean, Class<?> type) throws Exception {
        Object current = bean;
        while (current instanceof Advised proxy) {
            Object target = proxy.getTargetSource().getTarget();
            if (!type.isInstance(target)) {
                break;
            }
            current = target;
        }
        return current;
    }
}
