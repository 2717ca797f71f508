package dev.breaker.bench;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A partner behind an interceptor that does nothing: what interception costs before a circuit breaker does anything. */
public class NoOpOffers {

    /** Is called. */
    public String offer(String customer) {
        return customer;
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        NoOpOffers offers() {
            return new NoOpOffers();
        }

        @Bean
        static NoOpPostProcessor noOpPostProcessor() {
            return new NoOpPostProcessor();
        }
    }

    /** Makes proxies in the way that the starter does. */
    @SuppressWarnings("serial")
    static final class NoOpPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

        NoOpPostProcessor() {
            NameMatchMethodPointcut offer = new NameMatchMethodPointcut();
            offer.setMappedName("offer");
            offer.setClassFilter(NoOpOffers.class::equals);
            advisor = new DefaultPointcutAdvisor(offer, (MethodInterceptor) MethodInvocation::proceed);
            setBeforeExistingAdvisors(true);
        }
    }
}
