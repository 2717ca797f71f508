package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.aop.hidden.Visible;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.MapPropertySource;

/** Which methods have a circuit breaker around them. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class AnnotatedMethodTest {

    static class Plain {
        @CircuitBreaker(name = "plain")
        String hot(String sku) {
            if (sku.isEmpty()) {
                throw new IllegalStateException("down");
            }
            return "hot " + sku;
        }

        String free() {
            return "free";
        }
    }

    @Nested
    class OnAMethod {

        @Test
        void countsWhatTheMethodReturnsAndThrows() {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                Plain bean = circuits.bean(Plain.class);
                assertThat(bean.hot("a")).isEqualTo("hot a");
                assertThatIllegalStateException().isThrownBy(() -> bean.hot("")).withMessage("down");
                assertThat(circuits.counts("plain").calls()).isEqualTo(2);
                assertThat(circuits.counts("plain").failures()).isEqualTo(1);
            }
        }

        @Test
        void rejectsACallOfAnOpenCircuitOnce() {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                circuits.open("plain");
                assertThatExceptionOfType(CallNotPermittedException.class)
                        .isThrownBy(() -> circuits.bean(Plain.class).hot("a"));
                assertThat(circuits.breaker("plain").snapshot().rejectedCalls()).isEqualTo(1);
                assertThat(circuits.counts("plain").calls()).isZero();
            }
        }

        @Test
        void leavesOtherMethodsAlone() {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                circuits.open("plain");
                assertThat(circuits.bean(Plain.class).free()).isEqualTo("free");
            }
        }

        @Test
        void opensByFailures() {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                Plain bean = circuits.bean(Plain.class);
                assertThatIllegalStateException().isThrownBy(() -> bean.hot(""));
                assertThatIllegalStateException().isThrownBy(() -> bean.hot(""));
                assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(() -> bean.hot("a"));
            }
        }

        @Test
        void createsTheCircuitBeforeTheFirstCall() {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                assertThat(circuits.resolved).containsExactly("plain");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SeveralNames {

        @Bean
        Plain plain() {
            return new Plain();
        }

        @Bean
        Object alias(Plain plain) {
            return plain;
        }

        @Bean
        Object wrapper(Plain plain) {
            ProxyFactory factory = new ProxyFactory(plain);
            factory.setProxyTargetClass(true);
            return factory.getProxy();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "alias", "wrapper"})
    void ofABeanWithSeveralNamesPassACircuitBreakerOnce(String name) {
        try (Circuits circuits = Circuits.around(SeveralNames.class)) {
            Plain bean = (Plain) circuits.context.getBean(name);
            assertThat(bean.hot("a")).isEqualTo("hot a");
            assertThat(circuits.counts("plain").calls()).isEqualTo(1);
            circuits.awaitProbe("plain");
            assertThat(bean.hot("b")).isEqualTo("hot b");
            assertThat(circuits.breaker("plain").state()).isEqualTo(BreakerState.CLOSED);
        }
    }

    @Nested
    class OnAClass {

        @CircuitBreaker(name = "class", fallbackMethod = "cold")
        static class Annotated {
            public String hot(int number) {
                return "hot";
            }

            @CircuitBreaker(name = "own")
            public String own() {
                return "own";
            }

            public String cold(int number) {
                return "cold";
            }

            @Override
            public String toString() {
                return "annotated";
            }

            static String unrelated() {
                return "static";
            }
        }

        static class Inheriting extends Annotated {}

        static class Overriding extends Plain {
            @Override
            String hot(String sku) {
                return "overridden";
            }
        }

        @Test
        void coversItsMethods() {
            try (Circuits circuits = Circuits.around(Annotated.class)) {
                circuits.bean(Annotated.class).hot(1);
                assertThat(circuits.counts("class").calls()).isEqualTo(1);
            }
        }

        @Test
        void yieldsToTheMethodsOwn() {
            try (Circuits circuits = Circuits.around(Annotated.class)) {
                circuits.bean(Annotated.class).own();
                assertThat(circuits.counts("own").calls()).isEqualTo(1);
                assertThat(circuits.counts("class").calls()).isZero();
            }
        }

        @Test
        void coversNeitherObjectsMethodsNorAFallback() {
            try (Circuits circuits = Circuits.around(Annotated.class)) {
                Annotated bean = circuits.bean(Annotated.class);
                circuits.open("class");
                assertThat(bean).hasToString("annotated").isEqualTo(bean);
                assertThat(bean.hashCode()).isNotZero();
                assertThat(bean.cold(1)).isEqualTo("cold");
                assertThat(circuits.breaker("class").snapshot().rejectedCalls()).isZero();
            }
        }

        @Test
        void doesNotRecurseThroughAPublicFallback() {
            try (Circuits circuits = Circuits.around(Annotated.class)) {
                circuits.open("class");
                assertThat(circuits.bean(Annotated.class).hot(1)).isEqualTo("cold");
                assertThat(circuits.breaker("class").snapshot().rejectedCalls()).isEqualTo(1);
            }
        }

        @Test
        void isInherited() {
            try (Circuits circuits = Circuits.around(Inheriting.class)) {
                circuits.open("class");
                assertThat(circuits.bean(Inheriting.class).hot(1)).isEqualTo("cold");
            }
        }

        @Test
        void isInheritedByAnOverridingMethod() {
            try (Circuits circuits = Circuits.around(Overriding.class)) {
                assertThat(circuits.bean(Overriding.class).hot("")).isEqualTo("overridden");
                assertThat(circuits.counts("plain").calls()).isEqualTo(1);
            }
        }

        @CircuitBreaker(name = "overloaded", fallbackMethod = "hot")
        static class Overloaded {
            public String hot(String sku) {
                return "hot";
            }

            public String hot(String sku, Throwable cause) {
                return "cold";
            }
        }

        @Test
        void coversAMethodWhoseFallbackIsAnOverload() {
            try (Circuits circuits = Circuits.around(Overloaded.class)) {
                circuits.open("overloaded");
                assertThat(circuits.bean(Overloaded.class).hot("a")).isEqualTo("cold");
                assertThat(circuits.bean(Overloaded.class).hot("a", null)).isEqualTo("cold");
                assertThat(circuits.breaker("overloaded").snapshot().rejectedCalls())
                        .isEqualTo(1);
            }
        }
    }

    @Nested
    class OnAnInterface {

        interface Api<T> {
            @CircuitBreaker(name = "api", fallbackMethod = "cold")
            T hot(T sku);

            default T cold(T sku) {
                return sku;
            }
        }

        static class Generic implements Api<String> {
            @Override
            public String hot(String sku) {
                return "hot " + sku;
            }
        }

        @CircuitBreaker(name = "type")
        interface WholeType {
            String hot();
        }

        static class OfWholeType implements WholeType, AutoCloseable {
            @Override
            public String hot() {
                return "hot";
            }

            public String more() {
                return "more";
            }

            @Override
            public void close() {}
        }

        @Test
        void countsForABeanProxiedByItsInterfaces() {
            try (Circuits circuits = Circuits.around(Generic.class)) {
                @SuppressWarnings("unchecked")
                Api<String> bean = circuits.bean(Api.class);
                assertThat(AopUtils.isJdkDynamicProxy(bean)).isTrue();
                assertThat(bean.hot("a")).isEqualTo("hot a");
                circuits.open("api");
                assertThat(bean.hot("a")).isEqualTo("a");
                assertThat(circuits.counts("api").calls()).isEqualTo(1);
            }
        }

        @Test
        void countsForABeanProxiedByASubclassThroughItsBridge() {
            try (Circuits circuits = Circuits.with(context -> {
                context.registerBean("generic", Generic.class);
                proxyTargetClasses(context);
            })) {
                Generic bean = circuits.bean(Generic.class);
                @SuppressWarnings("unchecked")
                Api<Object> bridged = circuits.bean(Api.class);
                assertThat(AopUtils.isCglibProxy(bean)).isTrue();
                bean.hot("a");
                bridged.hot("a");
                assertThat(circuits.counts("api").calls()).isEqualTo(2);
            }
        }

        @Test
        void coversTheInterfacesMethodsOnly() {
            try (Circuits circuits = Circuits.with(context -> {
                context.registerBean("bean", OfWholeType.class);
                proxyTargetClasses(context);
            })) {
                circuits.bean(OfWholeType.class).hot();
                circuits.bean(OfWholeType.class).more();
                circuits.bean(OfWholeType.class).close();
                assertThat(circuits.counts("type").calls()).isEqualTo(1);
            }
        }

        interface Indirect extends Api<String> {}

        static class Indirectly implements Indirect {
            @Override
            public String hot(String sku) {
                return "hot " + sku;
            }
        }

        @Test
        void countsForABeanThatInheritsIt() {
            try (Circuits circuits = Circuits.around(Indirectly.class)) {
                circuits.open("api");
                assertThat(circuits.bean(Indirect.class).hot("a")).isEqualTo("a");
            }
        }

        @CircuitBreaker(name = "remote")
        interface Remote extends WithPing {
            String hot();
        }

        interface WithPing {
            String ping();
        }

        @Test
        void countsForTheInheritedMethodsOfAClientWithoutATarget() {
            ProxyFactory clients = new ProxyFactory(
                    Remote.class, (MethodInterceptor) call -> call.getMethod().getName());
            try (Circuits circuits =
                    Circuits.with(context -> context.registerBean(Remote.class, () -> (Remote) clients.getProxy()))) {
                Remote remote = circuits.bean(Remote.class);
                assertThat(remote.hot() + remote.ping()).isEqualTo("hotping");
                assertThat(circuits.counts("remote").calls()).isEqualTo(2);
            }
        }

        interface Client {
            @CircuitBreaker(name = "client", fallbackMethod = "cold")
            String hot(String sku);

            default String cold(String sku) {
                return "cold " + sku;
            }
        }

        @Test
        void countsForAClientWithoutATarget() {
            ProxyFactory clients =
                    new ProxyFactory(Client.class, (MethodInterceptor) call -> "hot " + call.getArguments()[0]);
            try (Circuits circuits =
                    Circuits.with(context -> context.registerBean(Client.class, () -> (Client) clients.getProxy()))) {
                Client client = circuits.bean(Client.class);
                assertThat(client.hot("a")).isEqualTo("hot a");
                circuits.open("client");
                assertThat(client.hot("a")).isEqualTo("cold a");
                assertThat(circuits.counts("client").calls()).isEqualTo(1);
            }
        }

        @Test
        void countsForAClientThatIsAProxyOfAnotherMake() {
            Client made = (Client) Proxy.newProxyInstance(
                    Client.class.getClassLoader(), new Class<?>[] {Client.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("cold")) {
                            throw new AssertionError("called through the proxy");
                        }
                        return "hot " + arguments[0];
                    });
            try (Circuits circuits = Circuits.with(context -> context.registerBean(Client.class, () -> made))) {
                Client client = circuits.bean(Client.class);
                assertThat(client.hot("a")).isEqualTo("hot a");
                circuits.open("client");
                assertThat(client.hot("a")).isEqualTo("cold a");
            }
        }
    }

    @Nested
    class Written {

        @Retention(RetentionPolicy.RUNTIME)
        @CircuitBreaker(name = "")
        @interface Partner {
            @AliasFor(annotation = CircuitBreaker.class, attribute = "name")
            String value();
        }

        static class Composed {
            @Partner("composed")
            String hot() {
                return "hot";
            }
        }

        static class WithPlaceholders {
            @CircuitBreaker(name = "${partner.circuit}", config = "${partner.template:slow}")
            String hot() {
                return "hot";
            }
        }

        static class Final {
            private final String field = "set";

            @CircuitBreaker(name = "private", fallbackMethod = "cold")
            String hot() {
                return "hot";
            }

            private String cold() {
                return field;
            }
        }

        @Test
        void onAnotherAnnotation() {
            try (Circuits circuits = Circuits.around(Composed.class)) {
                circuits.bean(Composed.class).hot();
                assertThat(circuits.counts("composed").calls()).isEqualTo(1);
            }
        }

        @Test
        void withPlaceholders() {
            try (Circuits circuits = Circuits.with(context -> {
                context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("test", Map.of("partner.circuit", "offers")));
                context.register(WithPlaceholders.class);
            })) {
                circuits.bean(WithPlaceholders.class).hot();
                assertThat(circuits.counts("offers").calls()).isEqualTo(1);
                assertThat(circuits.resolved).containsOnly("offers/slow");
            }
        }

        @Test
        void inABaseClassThatOthersCannotSee() {
            try (Circuits circuits = Circuits.around(Visible.class)) {
                assertThat(circuits.bean(Visible.class).hot("a")).isEqualTo("hot a");
                circuits.open("hidden");
                assertThat(circuits.bean(Visible.class).hot("a")).isEqualTo("cold a");
                assertThat(circuits.counts("hidden").calls()).isEqualTo(1);
            }
        }

        @Test
        void behindTwoProxies() {
            ProxyFactory frozen = new ProxyFactory(new Final());
            frozen.setProxyTargetClass(true);
            frozen.setFrozen(true);
            try (Circuits circuits = Circuits.with(context -> {
                context.registerBean(Final.class, () -> (Final) frozen.getProxy());
                proxyTargetClasses(context);
            })) {
                circuits.open("private");
                assertThat(circuits.bean(Final.class).hot()).isEqualTo("set");
            }
        }

        @Test
        void forBeansOfSeveralClassesThatShareTheMethod() {
            try (Circuits circuits = Circuits.around(First.class, Second.class, Third.class)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(circuits.bean(First.class).hot("")).isEqualTo("first");
                    assertThat(circuits.bean(Second.class).hot("")).isEqualTo("second");
                    assertThat(circuits.bean(Third.class).hot("")).isEqualTo("third");
                }
            }
        }

        abstract static class Base {
            @CircuitBreaker(name = "base", fallbackMethod = "cold")
            String hot(String sku) {
                throw new IllegalStateException("down");
            }

            abstract String cold(String sku);
        }

        static class First extends Base {
            @Override
            String cold(String sku) {
                return "first";
            }
        }

        static class Second extends Base {
            @Override
            String cold(String sku) {
                return "second";
            }
        }

        static class Third extends Base {
            @Override
            String cold(String sku) {
                return "third";
            }
        }
    }

    static void proxyTargetClasses(AnnotationConfigApplicationContext context) {
        for (String bean : context.getBeanDefinitionNames()) {
            context.getBeanDefinition(bean).setAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE, true);
        }
    }
}
