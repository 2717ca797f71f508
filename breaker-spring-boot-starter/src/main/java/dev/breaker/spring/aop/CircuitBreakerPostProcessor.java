package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

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
        implements SmartInitializingSingleton {

    private final ObjectProvider<BreakerResolver> breakers;
    private final AnnotatedMethods methods = new AnnotatedMethods();
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private @Nullable CallPlans plans;

    /**
     * @param breakers asked for the first time when all singletons exist
     * @param order order among bean post-processors
     */
    public CircuitBreakerPostProcessor(ObjectProvider<BreakerResolver> breakers, int order) {
        this.breakers = breakers;
        setOrder(order);
        setBeforeExistingAdvisors(true);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        super.setBeanFactory(beanFactory);
        if (beanFactory instanceof ConfigurableListableBeanFactory beans) {
            plans = new CallPlans(beans);
            advisor = new DefaultPointcutAdvisor(new BreakerPointcut(methods), new BreakerInterceptor(this::call));
        }
    }

    private CallPlans plans() {
        return Objects.requireNonNull(plans, "no bean factory");
    }

    private GuardedCall call(Method method, Class<?> type) {
        GuardedMethod guarded = Objects.requireNonNull(methods.find(method, type), "not guarded");
        return plans().of(guarded).with(breakers.getObject());
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Object proxy = super.postProcessAfterInitialization(bean, beanName);
        if (AopUtils.isAopProxy(proxy) && !(bean instanceof AopInfrastructureBean)) {
            check(AopUtils.getTargetClass(bean), proxy);
            standInsideAsync(proxy);
        }
        return proxy;
    }

    private void check(Class<?> type, Object proxy) {
        if (checked.contains(type)) {
            return;
        }
        for (GuardedMethod guarded : methods.of(type).values()) {
            Interceptability.check(guarded, proxy);
            plans().of(guarded);
        }
        checked.add(type);
    }

    /* Outside it, a circuit breaker would see no more than the submission of the call. */
    private void standInsideAsync(Object proxy) {
        Advisor own = advisor;
        if (own == null || !(proxy instanceof Advised advised) || advised.indexOf(own) < 0) {
            return;
        }
        Advisor[] advisors = advised.getAdvisors();
        for (int i = advisors.length - 1; i > advised.indexOf(own); i--) {
            if (advisors[i].getAdvice() instanceof AsyncExecutionInterceptor) {
                advised.removeAdvisor(own);
                advised.addAdvisor(i, own);
                return;
            }
        }
    }

    /** Creates the circuit breakers, so that they can be seen before they are first used and their settings are checked. */
    @Override
    public void afterSingletonsInstantiated() {
        plans().all().forEach(plan -> breakers.getObject().resolve(plan.name(), plan.config()));
    }
}
