package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.proxies;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.DecoratingProxy;

/** What a native image is told of guarded beans, and what stops its build. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class GuardedBeanTest {

    static class Parent {
        private String inherited(Throwable cause) {
            return "inherited";
        }
    }

    static class Middle extends Parent {}

    static class Offers extends Middle {
        @CircuitBreaker(name = "offers", fallbackMethod = "cold")
        String hot(String sku) {
            return "hot";
        }

        private String cold(String sku) {
            return "cold";
        }

        private String cold(String sku, IllegalStateException cause) {
            return "cold";
        }

        private String cold(int unfit) {
            return "unfit";
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "inherited")
        String another() {
            return "hot";
        }
    }

    /** Of the classes above, there may be proxies already. */
    static class ProxiedHereOnly extends Offers {}

    @Configuration(proxyBeanMethods = false)
    static class Another {
        @Bean
        @Scope("prototype")
        ProxiedHereOnly another() {
            return new ProxiedHereOnly();
        }
    }

    static class Elsewhere {
        @CircuitBreaker(name = "offers", fallbackMethod = "parent::inherited")
        String hot() {
            return "hot";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BothBeans {
        @Bean
        Elsewhere elsewhere() {
            return new Elsewhere();
        }

        @Bean
        Parent parent() {
            return new Parent();
        }
    }

    interface Source {
        @CircuitBreaker(name = "offers", fallbackMethod = "cold")
        String hot();

        default String cold(Throwable cause) {
            return "cold";
        }
    }

    static class SourceFactory implements FactoryBean<Source> {
        @Override
        public Source getObject() {
            return () -> "hot";
        }

        @Override
        public Class<?> getObjectType() {
            return Source.class;
        }
    }

    static class Wrong {
        @CircuitBreaker(name = "offers", fallbackMethod = "missing")
        String hot() {
            return "hot";
        }
    }

    static class ByProperty {
        @CircuitBreaker(name = "offers", fallbackMethod = "${known.at.runtime}")
        String hot() {
            return "hot";
        }
    }

    static class Completed extends Wrong {
        private String missing() {
            return "cold";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MakesASubclass {
        @Bean
        Wrong wrong() {
            return new Completed();
        }
    }

    static class OtherBeanIsMissing {
        @CircuitBreaker(name = "offers", fallbackMethod = "nobody::cold")
        String hot() {
            return "hot";
        }
    }

    @Nested
    class ANativeImage {

        private final AheadOfTime offers = AheadOfTime.of(Offers.class);

        @Test
        void callsTheGuardedMethods() throws NoSuchMethodException {
            assertCalled(offers, Offers.class.getDeclaredMethod("hot", String.class));
            assertCalled(offers, Offers.class.getDeclaredMethod("another"));
        }

        @Test
        void callsThePrivateFallbackForEachException() throws NoSuchMethodException {
            assertCalled(offers, Offers.class.getDeclaredMethod("cold", String.class));
            assertCalled(offers, Offers.class.getDeclaredMethod("cold", String.class, IllegalStateException.class));
        }

        @Test
        void callsThePrivateFallbackOfASuperclass() throws NoSuchMethodException {
            assertCalled(offers, Parent.class.getDeclaredMethod("inherited", Throwable.class));
        }

        @Test
        void callsTheFallbackOfAnotherBean() throws NoSuchMethodException {
            assertCalled(AheadOfTime.of(BothBeans.class), Parent.class.getDeclaredMethod("inherited", Throwable.class));
        }

        @Test
        void callsTheDefaultMethodOfAnInterfaceThatAFactoryImplements() throws NoSuchMethodException {
            assertCalled(AheadOfTime.of(SourceFactory.class), Source.class.getDeclaredMethod("cold", Throwable.class));
        }

        @ParameterizedTest
        @ValueSource(classes = {Offers.class, Middle.class, Parent.class})
        void seesAllClassesThatAreSearched(Class<?> searched) {
            assertThat(reflection().onType(searched)).accepts(offers.hints());
        }

        @Test
        void hasTheClassOfAProxy() {
            String file = ProxiedHereOnly.class.getName().replace('.', '/') + "$$SpringCGLIB$$0.class";
            assertThat(AheadOfTime.of(ProxiedHereOnly.class, Another.class).classes())
                    .filteredOn(name -> name.contains("ProxiedHereOnly"))
                    .containsExactly(file);
        }

        @Test
        void hasTheProxyOfAnInterface() {
            assertThat(proxies().forInterfaces(Source.class, SpringProxy.class, Advised.class, DecoratingProxy.class))
                    .accepts(AheadOfTime.of(SourceFactory.class).hints());
        }

        private void assertCalled(AheadOfTime application, Method method) {
            assertThat(reflection().onMethodInvocation(method)).accepts(application.hints());
        }
    }

    @Nested
    class AWrongFallback {

        @Test
        void stopsTheBuild() {
            assertThatThrownBy(() -> AheadOfTime.of(Wrong.class))
                    .rootCause()
                    .isInstanceOf(InvalidCircuitBreakerException.class)
                    .hasMessageStartingWith("Invalid fallbackMethod (missing) for circuit breaker 'offers' on ");
        }

        @Test
        void isLeftToTheStartWhereTheBeansClassIsNotKnownBefore() throws NoSuchMethodException {
            assertThat(reflection().onMethodInvocation(Wrong.class.getDeclaredMethod("hot")))
                    .accepts(AheadOfTime.of(MakesASubclass.class).hints());
        }

        @Test
        void isLeftToTheStartWhereAPropertyNamesIt() throws NoSuchMethodException {
            assertThat(reflection().onMethodInvocation(ByProperty.class.getDeclaredMethod("hot")))
                    .accepts(AheadOfTime.of(ByProperty.class).hints());
        }

        @Test
        void isLeftToTheStartWhereItsBeanIsNotKnownBefore() throws NoSuchMethodException {
            assertThat(reflection().onMethodInvocation(OtherBeanIsMissing.class.getDeclaredMethod("hot")))
                    .accepts(AheadOfTime.of(OtherBeanIsMissing.class).hints());
        }
    }
}
