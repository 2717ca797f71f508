package dev.breaker.spring.aop;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Puts circuit breakers around the methods that {@link dev.breaker.spring.annotation.CircuitBreaker} asks for, and stops the
 * application if an annotation cannot work.
 *
 * <p>Its advice comes before all that a bean has already. The order is that among bean post-processors: at
 * {@link #LOWEST_PRECEDENCE}, circuit breakers stand outside the advice of the others such as {@code @Retryable}; with an
 * order before theirs ({@code @EnableResilientMethods}: {@code LOWEST_PRECEDENCE - 1}), inside. Either way they stand outside
 * what advisors do (transactions, caches, aspects) and inside {@code @Async}.
 */
@SuppressWarnings("serial")
public final class CircuitBreakerPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton, BeanRegistrationAotProcessor {

    private final AnnotatedMethods methods = new AnnotatedMethods((value, text) -> plans().mean(value, text));
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private final Advisor placeholder = new DefaultPointcutAdvisor(
            new AnnotatedClassPointcut(methods), (MethodInterceptor) MethodInvocation::proceed);
    private final BreakerAdvisors advisors;
    private @Nullable CallPlans plans;
    private volatile boolean started;

    /**
     * @param breakers asked for the first time when all singletons exist
     * @param order order among bean post-processors
     */
    public CircuitBreakerPostProcessor(ObjectProvider<BreakerResolver> breakers, int order) {
        advisor = placeholder;
        advisors = new BreakerAdvisors(guarded -> plans().call(guarded, breakers.getObject()));
        setOrder(order);
        setBeforeExistingAdvisors(true);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        super.setBeanFactory(beanFactory);
        if (beanFactory instanceof ConfigurableListableBeanFactory beans) {
            plans = new CallPlans(beans);
        }
    }

    private CallPlans plans() {
        return Objects.requireNonNull(plans, "no bean factory");
    }

    @Override
    protected void customizeProxyFactory(ProxyFactory proxyFactory) {
        Class<?> type = proxyFactory.getTargetClass();
        if (type != null) {
            advisors.replace(placeholder, methods.of(type), proxyFactory);
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (isGuarded(bean)) {
            return bean;
        }
        Object proxy = super.postProcessAfterInitialization(bean, beanName);
        if (AopUtils.isAopProxy(proxy) && !(bean instanceof AopInfrastructureBean)) {
            Class<?> type = proxy == bean ? AopUtils.getTargetClass(bean) : bean.getClass();
            check(type, proxy);
            if (proxy instanceof Advised existing) {
                advisors.replace(placeholder, methods.of(type), existing);
            }
            if (started) {
                advisors.prepare();
            }
        }
        return proxy;
    }

    /*
     * The same object again, as a bean of another name or from a parent context, or in a proxy of its own. A probe could not
     * pass two circuit breakers.
     */
    private static boolean isGuarded(@Nullable Object bean) {
        return bean instanceof Advised advised
                && (Stream.of(advised.getAdvisors())
                                .anyMatch(advisor -> advisor.getAdvice() instanceof BreakerInterceptor)
                        || isGuarded(AopProxyUtils.getSingletonTarget(bean)));
    }

    private void check(Class<?> type, Object proxy) {
        if (checked.contains(type)) {
            return;
        }
        for (GuardedMethod guarded : methods.of(type)) {
            Interceptability.check(guarded, proxy);
            plans().of(guarded);
        }
        checked.add(type);
    }

    /** Creates the circuit breakers, so that they can be seen before they are first used and their settings are checked. */
    @Override
    public void afterSingletonsInstantiated() {
        advisors.prepare();
        started = true;
    }

    /**
     * Tells a native image what is called by reflection.
     *
     * @throws InvalidCircuitBreakerException if a fallback is wrong, as at start-up
     */
    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        return GuardedBean.of(bean, methods, this);
    }

    /** The application needs this bean as well. */
    @Override
    public boolean isBeanExcludedFromAotProcessing() {
        return false;
    }
}
