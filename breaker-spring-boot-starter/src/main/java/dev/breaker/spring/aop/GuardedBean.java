package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.support.ClassHintUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * A bean with guarded methods as it is known ahead of time, by its definition alone. A native image learns from it which classes
 * are searched for annotations and fallbacks, and which methods are called by reflection.
 *
 * @param type class of the bean, or of what it makes if it is a factory
 * @param proxied class of the proxy if Spring does not find out by itself, otherwise the type
 * @param called guarded methods and fallbacks
 */
record GuardedBean(Class<?> type, Class<?> proxied, Set<Method> called) implements BeanRegistrationAotContribution {

    private static final Logger log = LoggerFactory.getLogger(GuardedBean.class);

    /**
     * What is known of a bean; null if none of its methods is guarded.
     *
     * @throws InvalidCircuitBreakerException if a fallback is certainly wrong
     */
    static @Nullable GuardedBean of(
            RegisteredBean bean, AnnotatedMethods methods, SmartInstantiationAwareBeanPostProcessor proxies) {
        Class<?> type = typeOf(bean);
        Collection<GuardedMethod> guarded = methods.of(type);
        if (guarded.isEmpty()) {
            return null;
        }
        FallbackFinder fallbacks = new FallbackFinder(bean.getBeanFactory());
        Stream<Method> called = guarded.stream()
                .flatMap(method -> Stream.concat(Stream.of(method.method()), fallbacks(method, bean, fallbacks)));
        boolean isKnown = type == bean.getBeanClass() && !bean.isInnerBean();
        Class<?> proxied = isKnown ? type : proxies.determineBeanType(type, bean.getBeanName());
        return new GuardedBean(type, proxied, called.collect(Collectors.toSet()));
    }

    private static Class<?> typeOf(RegisteredBean bean) {
        Class<?> type = bean.isInnerBean() ? null : bean.getBeanFactory().getType(bean.getBeanName(), false);
        return type == null ? bean.getBeanClass() : type;
    }

    private static Stream<Method> fallbacks(GuardedMethod guarded, RegisteredBean bean, FallbackFinder finder) {
        try {
            return finder.find(guarded).methods();
        } catch (InvalidCircuitBreakerException invalid) {
            if (isExact(bean) && isFinal(guarded.annotation().fallbackMethod())) {
                throw invalid;
            }
            log.warn("Left to be checked at start-up, when the beans' classes are known: {}", invalid.getMessage());
            return Stream.empty();
        }
    }

    /* Another bean's class and a property may be others when the application starts. */
    private static boolean isFinal(String fallbackMethod) {
        return !fallbackMethod.contains(FallbackFinder.OTHER_BEAN) && !fallbackMethod.contains("${");
    }

    /* What a factory makes may be of a subclass, with fallbacks of its own. */
    private static boolean isExact(RegisteredBean bean) {
        RootBeanDefinition definition = bean.getMergedBeanDefinition();
        boolean made = definition.getFactoryMethodName() != null
                || definition.getInstanceSupplier() != null
                || FactoryBean.class.isAssignableFrom(bean.getBeanClass());
        return !made || Modifier.isFinal(bean.getBeanClass().getModifiers());
    }

    @Override
    public void applyTo(GenerationContext generation, BeanRegistrationCode code) {
        ClassHintUtils.registerProxyIfNecessary(proxied, generation.getRuntimeHints());
        ReflectionHints hints = generation.getRuntimeHints().reflection();
        Lineage.of(type).types().forEach(hints::registerType);
        called.forEach(method -> hints.registerMethod(method, ExecutableMode.INVOKE));
    }
}
