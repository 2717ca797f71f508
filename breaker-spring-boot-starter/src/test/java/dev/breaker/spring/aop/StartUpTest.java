package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;

/** What stops an application, and what it then says. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
class StartUpTest {

    private static FailureAnalysis refusal(Class<?>... beans) {
        return refusal(context -> context.register(beans));
    }

    private static FailureAnalysis refusal(Consumer<AnnotationConfigApplicationContext> settings) {
        Throwable thrown = catchThrowable(() -> Circuits.with(settings).close());
        assertThat(thrown).isNotNull();
        return analysis(thrown);
    }

    private static FailureAnalysis analysis(Throwable thrown) {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, (type, name, fault) -> {})
                .stream()
                .filter(analyzer -> analyzer.getClass().getName().startsWith("dev.breaker"))
                .map(analyzer -> analyzer.analyze(thrown))
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class AMissingFallback {

        static class Missing {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            List<String> hot(String sku, int number) {
                return List.of();
            }
        }

        static class Similar extends Missing {
            private List<String> coldOffers(String sku, int number) {
                return List.of();
            }
        }

        static class OtherParameters extends Missing {
            private List<String> cold(String sku) {
                return List.of();
            }
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "cold")
        static class OfSomeMethods {
            public String one() {
                return "";
            }

            public String two(int number) {
                return "";
            }

            public String cold() {
                return "";
            }
        }

        static class Itself {
            @CircuitBreaker(name = "offers", fallbackMethod = "hot")
            String hot() {
                return "";
            }
        }

        @Test
        void isToldWithTheMethodToAdd() {
            FailureAnalysis refusal = refusal(Missing.class);
            assertThat(refusal.getDescription())
                    .isEqualTo("Invalid fallbackMethod (cold) for circuit breaker 'offers' on "
                            + Missing.class.getName() + ".hot(String, int): " + Missing.class.getName()
                            + " has no method of that name that takes (String, int) or (String, int, Throwable) or"
                            + " (Throwable).");
            assertThat(refusal.getAction())
                    .isEqualTo("Add a method to " + Missing.class.getName() + " such as\n\n"
                            + "    List<String> cold(String sku, int number, Throwable cause) { ... }\n\n"
                            + "or correct the name.");
        }

        @Test
        void isToldWithASimilarOne() {
            assertThat(refusal(Similar.class).getAction()).endsWith("Did you mean coldOffers?");
        }

        @Test
        void isToldWithOthersOfThatName() {
            assertThat(refusal(OtherParameters.class).getDescription()).endsWith("; it has cold(String).");
        }

        @Test
        void isToldIfAnotherMethodOfTheClassHasOne() {
            assertThat(refusal(OfSomeMethods.class).getDescription()).contains(".two(int): ");
        }

        @Test
        void isNotTheMethodItself() {
            assertThat(refusal(Itself.class).getDescription()).contains("fallbackMethod (hot)");
        }
    }

    @Nested
    class AnotherBean {

        static class Asking {
            @CircuitBreaker(name = "offers", fallbackMethod = "catalogue::offer")
            String hot() {
                return "";
            }
        }

        static class HalfNamed {
            @CircuitBreaker(name = "offers", fallbackMethod = "catalogue::")
            String hot() {
                return "";
            }
        }

        static class Catalogue {
            @SuppressWarnings("unused")
            String price() {
                return "";
            }
        }

        @Test
        void mustExist() {
            assertThat(refusal(Asking.class).getDescription()).contains("there is no bean named 'catalogue'");
        }

        @Test
        void mustHaveTheMethod() {
            FailureAnalysis refusal = refusal(context -> {
                context.registerBean("asking", Asking.class);
                context.registerBean("catalogue", Catalogue.class);
            });
            assertThat(refusal.getDescription()).contains(Catalogue.class.getName() + " has no method");
        }

        @Test
        void mustBeNamedWithItsMethod() {
            assertThat(refusal(HalfNamed.class).getDescription())
                    .endsWith("must be a method's name or have the form bean::method.");
        }
    }

    @Nested
    class AFallbackThatDoesNotFit {

        static class WrongType {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            List<String> hot() {
                return List.of();
            }

            private List<Integer> cold(Throwable cause) {
                return List.of();
            }
        }

        static class NoStage {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            CompletableFuture<String> hot() {
                return new CompletableFuture<>();
            }

            private String cold() {
                return "";
            }
        }

        static class NotVoid {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            void hot() {}

            private String cold() {
                return "";
            }
        }

        static class Ambiguous {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            String hot(String sku) {
                return "";
            }

            private String cold(String sku, IOException cause) {
                return "";
            }

            private String cold(IOException cause) {
                return "";
            }
        }

        @Test
        void becauseOfItsTypeArgument() {
            FailureAnalysis refusal = refusal(WrongType.class);
            assertThat(refusal.getDescription()).endsWith("cold(Throwable) returns List<Integer>, not List<String>.");
            assertThat(refusal.getAction()).contains("List<String> cold(Throwable cause)");
        }

        @Test
        void becauseItReturnsNoStage() {
            assertThat(refusal(NoStage.class).getDescription())
                    .endsWith("cold() returns String, not CompletableFuture<String>.");
        }

        @Test
        void becauseItReturnsSomething() {
            assertThat(refusal(NotVoid.class).getDescription()).endsWith("cold() returns String, not void.");
        }

        @Test
        void becauseAnotherFitsAsWell() {
            assertThat(refusal(Ambiguous.class).getDescription())
                    .contains("cold(String, IOException)")
                    .contains("cold(IOException)")
                    .endsWith("answer for the same exceptions.");
        }
    }

    @Nested
    class AName {

        static class Blank {
            @CircuitBreaker(name = " ")
            String hot() {
                return "";
            }
        }

        static class Unresolved {
            @CircuitBreaker(name = "${no.such.property}")
            String hot() {
                return "";
            }
        }

        static class Broken {
            @CircuitBreaker(name = "of\nfers")
            String hot() {
                return "";
            }
        }

        static class UnresolvedFallback {
            @CircuitBreaker(name = "offers", fallbackMethod = "${no.such.property}")
            String hot() {
                return "";
            }
        }

        @Test
        void ofAFallbackMustBeResolvableToo() {
            FailureAnalysis refusal = refusal(context -> {
                context.registerBean(PropertySourcesPlaceholderConfigurer.class);
                context.register(UnresolvedFallback.class);
            });
            assertThat(refusal.getDescription())
                    .startsWith("Invalid fallbackMethod (${no.such.property})")
                    .contains("placeholder 'no.such.property'");
        }

        @Test
        void mustNotBreakTheLine() {
            FailureAnalysis refusal = refusal(Broken.class);
            assertThat(refusal.getDescription())
                    .contains("Broken.hot()")
                    .endsWith("must not contain control characters.");
            assertThat(refusal.getAction()).isNotBlank();
        }

        @Test
        void mustNotBeBlank() {
            assertThat(refusal(Blank.class).getDescription())
                    .startsWith("Invalid name ( ) for circuit breaker ' '")
                    .endsWith("must not be blank.");
        }

        @Test
        void mustBeResolvable() {
            FailureAnalysis refusal = refusal(context -> {
                context.registerBean(PropertySourcesPlaceholderConfigurer.class);
                context.register(Unresolved.class);
            });
            assertThat(refusal.getDescription())
                    .contains("Invalid name (${no.such.property})")
                    .contains("no.such.property");
        }
    }

    @Nested
    class AMethodThatCannotBeIntercepted {

        static class Private {
            @CircuitBreaker(name = "offers")
            private String hot() {
                return "";
            }
        }

        static class Static {
            @CircuitBreaker(name = "offers")
            static String hot() {
                return "";
            }
        }

        static class Final {
            @CircuitBreaker(name = "offers")
            final String hot() {
                return "";
            }
        }

        @CircuitBreaker(name = "offers")
        static class FinalInAnAnnotatedClass {
            public final String hot() {
                return "";
            }
        }

        interface Api {
            String hot();
        }

        static class FinalBehindAnInterface implements Api {
            @Override
            @CircuitBreaker(name = "offers")
            public final String hot() {
                return "hot";
            }
        }

        static class FrameworkBase {
            public final void setUp() {}
        }

        @CircuitBreaker(name = "offers")
        static class OverAFinalMethodOfALibrary extends FrameworkBase {
            public String hot() {
                return "hot";
            }
        }

        @Test
        void isPrivate() {
            assertThat(refusal(Private.class).getDescription())
                    .isEqualTo("Circuit breaker 'offers' on " + Private.class.getName()
                            + ".hot() cannot work: it is private, so that calls cannot be intercepted.");
        }

        @Test
        void isStatic() {
            assertThat(refusal(Static.class).getDescription()).contains("it is static");
        }

        @Test
        void isFinal() {
            assertThat(refusal(Final.class).getDescription()).contains("it is final");
            assertThat(refusal(FinalInAnAnnotatedClass.class).getDescription()).contains("it is final");
        }

        interface Flushing {
            void flush();
        }

        static class OnAnotherInterfaceOnly implements Flushing {
            @CircuitBreaker(name = "offers")
            public String hot() {
                return "";
            }

            @Override
            public void flush() {}
        }

        @Test
        void isOnNoInterfaceOfAProxyByInterfaces() {
            assertThat(refusal(OnAnotherInterfaceOnly.class).getDescription()).contains("it is on no interface");
        }

        @Test
        void isNotOneThatIsFinalBehindAnInterface() {
            try (Circuits circuits = Circuits.around(FinalBehindAnInterface.class)) {
                assertThat(circuits.bean(Api.class).hot()).isEqualTo("hot");
                assertThat(circuits.counts("offers").calls()).isEqualTo(1);
            }
        }

        @Test
        void isNotOneThatALibraryKeepsFinal() {
            try (Circuits circuits = Circuits.around(OverAFinalMethodOfALibrary.class)) {
                circuits.bean(OverAFinalMethodOfALibrary.class).hot();
                assertThat(circuits.counts("offers").calls()).isEqualTo(1);
            }
        }
    }

    @Nested
    class AReturnType {

        static class ReactiveSubtype {
            @CircuitBreaker(name = "offers")
            ConnectableFlux<String> hot() {
                return Flux.<String>empty().publish();
            }
        }

        static class Subtype {
            @CircuitBreaker(name = "offers")
            FutureTask<String> hot() {
                return new FutureTask<>(() -> "");
            }
        }

        /** As Kotlin compiles {@code suspend fun hot(): String}. */
        @Metadata
        static class Suspending {
            @CircuitBreaker(name = "offers")
            Object hot(Continuation<? super String> caller) {
                return "hot";
            }
        }

        @Test
        void ofASuspendingFunctionIsRefused() {
            FailureAnalysis refusal = refusal(Suspending.class);
            assertThat(refusal.getDescription()).endsWith("of a suspending function is not supported.");
            assertThat(refusal.getAction()).contains("Mono, Flux");
        }

        @Test
        void thatCannotBeReplacedIsRefused() {
            FailureAnalysis refusal = refusal(Subtype.class);
            assertThat(refusal.getDescription())
                    .contains("the return type (FutureTask<String>) cannot be put in place");
            assertThat(refusal(ReactiveSubtype.class).getDescription())
                    .endsWith(
                            "the return type (ConnectableFlux<String>) cannot be put in place of the one that the method"
                                    + " returns.");
            assertThat(refusal.getAction()).startsWith("Let the method return CompletableFuture");
        }
    }

    @Nested
    class ALazyBean {

        @Lazy
        static class Late {
            @CircuitBreaker(name = "offers", fallbackMethod = "cold")
            String hot() {
                return "";
            }
        }

        @Test
        void isCheckedWhenItIsCreated() {
            try (Circuits circuits = Circuits.around(Late.class)) {
                Throwable thrown = catchThrowable(() -> circuits.bean(Late.class));
                assertThat(thrown).isInstanceOf(BeanCreationException.class);
                assertThat(analysis(thrown).getDescription()).contains("fallbackMethod (cold)");
            }
        }
    }

    @Nested
    class Nothing {

        @Test
        void isCreatedEarly() {
            List<String> created = new ArrayList<>();
            try (Circuits circuits = Circuits.with(context -> {
                context.registerBean(BeanPostProcessor.class, () -> new BeanPostProcessor() {
                    @Override
                    public Object postProcessBeforeInitialization(Object bean, String name) {
                        created.add(name);
                        return bean;
                    }
                });
                context.registerBean("guarded", AnnotatedMethodTest.Plain.class);
                context.registerBean("last", Object.class);
            })) {
                assertThat(created).containsExactly("guarded", "last", "breakerResolver");
                assertThat(circuits.resolved).containsExactly("plain");
            }
        }
    }
}
