package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breaker.BreakerRegistry;
import dev.breaker.Outcome;
import dev.breaker.OutcomeClassifier;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;

class ClassificationTest {

    private static final String OWN = "breaker.instances.partner.";

    private final Throwable notFound = new HttpClientErrorException(HttpStatus.NOT_FOUND);

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class));

    private static Outcome judged(ApplicationContext context, Throwable thrown) {
        return classifier(context).classify(null, thrown);
    }

    private static OutcomeClassifier classifier(ApplicationContext context) {
        return context.getBean(BreakerRegistry.class)
                .breaker("partner")
                .config()
                .classifier();
    }

    static class SaysBusy implements Predicate<Throwable> {
        @Override
        public boolean test(Throwable thrown) {
            return "busy".equals(thrown.getMessage());
        }
    }

    static class IsEmpty implements Predicate<Object> {
        @Override
        public boolean test(Object result) {
            return "".equals(result);
        }
    }

    @Nested
    class Properties {

        @Test
        void nameWhatIsRecordedAndWhatIsIgnored() {
            runner.withPropertyValues(
                            OWN + "record-exceptions=java.io.IOException,java.io.UncheckedIOException",
                            OWN + "ignore-exceptions[0]=java.io.FileNotFoundException")
                    .run(context -> {
                        assertThat(judged(context, new IOException())).isEqualTo(Outcome.FAILURE);
                        assertThat(judged(context, new UncheckedIOException(new IOException())))
                                .isEqualTo(Outcome.FAILURE);
                        assertThat(judged(context, new FileNotFoundException())).isEqualTo(Outcome.IGNORED);
                        assertThat(judged(context, new IllegalStateException())).isEqualTo(Outcome.SUCCESS);
                    });
        }

        @Test
        void namePredicates() {
            runner.withPropertyValues(
                            OWN + "record-failure-predicate=" + SaysBusy.class.getName(),
                            OWN + "record-result-predicate=" + IsEmpty.class.getName())
                    .run(context -> {
                        assertThat(judged(context, new IOException("busy"))).isEqualTo(Outcome.FAILURE);
                        assertThat(judged(context, new IOException("down"))).isEqualTo(Outcome.SUCCESS);
                        assertThat(classifier(context).classify("", null)).isEqualTo(Outcome.FAILURE);
                        assertThat(classifier(context).classify("offer", null)).isEqualTo(Outcome.SUCCESS);
                    });
            runner.withPropertyValues(OWN + "ignore-exception-predicate=" + SaysBusy.class.getName())
                    .run(context -> {
                        assertThat(judged(context, new IOException("busy"))).isEqualTo(Outcome.IGNORED);
                        assertThat(judged(context, new IOException("down"))).isEqualTo(Outcome.FAILURE);
                    });
        }

        @Test
        void areEqualForCircuitsOfEqualSettings() {
            runner.withPropertyValues(
                            "breaker.defaults.record-failure-predicate=" + SaysBusy.class.getName(),
                            "breaker.defaults.ignore-exceptions=java.io.IOException")
                    .run(context -> {
                        BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                        assertThat(registry.breaker("one").config())
                                .isEqualTo(registry.breaker("other").config());
                    });
        }
    }

    @Nested
    class AListOfASpecificLayer {

        private final ApplicationContextRunner layered =
                runner.withPropertyValues("breaker.defaults.ignore-exceptions=java.io.IOException");

        @Test
        void isInherited() {
            layered.run(
                    context -> assertThat(judged(context, new IOException())).isEqualTo(Outcome.IGNORED));
        }

        @Test
        void takesThePlaceOfTheInheritedOne() {
            layered.withPropertyValues(OWN + "ignore-exceptions=java.lang.IllegalStateException")
                    .run(context -> {
                        assertThat(judged(context, new IllegalStateException())).isEqualTo(Outcome.IGNORED);
                        assertThat(judged(context, new IOException())).isEqualTo(Outcome.FAILURE);
                    });
        }

        @Test
        void mayBeEmpty() {
            layered.withPropertyValues(OWN + "ignore-exceptions=")
                    .run(context ->
                            assertThat(judged(context, new IOException())).isEqualTo(Outcome.FAILURE));
        }

        @Test
        void takesThePlaceOfAnInheritedPredicateToo() {
            runner.withPropertyValues(
                            "breaker.defaults.ignore-exception-predicate=" + SaysBusy.class.getName(),
                            OWN + "ignore-exceptions=java.lang.IllegalStateException")
                    .run(context ->
                            assertThat(judged(context, new IOException("busy"))).isEqualTo(Outcome.FAILURE));
        }

        @Test
        void doesNotTakeThePlaceOfAPredicateBesideIt() {
            runner.withPropertyValues(
                            OWN + "ignore-exception-predicate=" + SaysBusy.class.getName(),
                            OWN + "ignore-exceptions=java.lang.IllegalStateException")
                    .run(context ->
                            assertThat(judged(context, new IOException("busy"))).isEqualTo(Outcome.IGNORED));
        }
    }

    @Nested
    class APredicate {

        record Word(String text) {}

        static class SaysTheWord implements Predicate<Throwable> {

            private final Word word;

            SaysTheWord(Word word) {
                this.word = word;
            }

            @Override
            public boolean test(Throwable thrown) {
                return word.text().equals(thrown.getMessage());
            }
        }

        private final ApplicationContextRunner word =
                runner.withPropertyValues(OWN + "record-failure-predicate=" + SaysTheWord.class.getName());

        @Test
        void isTheBeanOfItsClass() {
            word.withBean(SaysTheWord.class, () -> new SaysTheWord(new Word("bean")))
                    .run(context ->
                            assertThat(judged(context, new IOException("bean"))).isEqualTo(Outcome.FAILURE));
        }

        @Test
        void isTheBeanOfAName() {
            runner.withUserConfiguration(NamedPredicates.class)
                    .withPropertyValues(
                            OWN + "record-failure-predicate=saysDown", OWN + "record-result-predicate=anything")
                    .run(context -> {
                        assertThat(judged(context, new IOException("down"))).isEqualTo(Outcome.FAILURE);
                        assertThat(judged(context, new IOException("up"))).isEqualTo(Outcome.SUCCESS);
                    });
        }

        @Test
        void stopsTheStartIfItFitsOneUseAndNotTheOther() {
            refuses(
                    runner.withPropertyValues("breaker.defaults.record-result-predicate=" + OfText.class.getName()),
                    "record-failure-predicate",
                    OfText.class.getName(),
                    "record-failure-predicate",
                    "Must be a Predicate<Throwable>");
        }

        static class OfText implements Predicate<String> {
            @Override
            public boolean test(String text) {
                return text.isEmpty();
            }
        }

        @Test
        void stopsTheStartIfTheBeanIsAnother() {
            refuses(
                    runner.withUserConfiguration(NamedPredicates.class),
                    "record-failure-predicate",
                    "saysDownInText",
                    "record-failure-predicate",
                    "Must be a Predicate<Throwable>");
        }

        @Configuration(proxyBeanMethods = false)
        static class NamedPredicates {
            @Bean
            Predicate<Throwable> saysDown() {
                return thrown -> "down".equals(thrown.getMessage());
            }

            @Bean
            Predicate<Object> anything() {
                return result -> true;
            }

            @Bean
            Predicate<String> saysDownInText() {
                return "down"::equals;
            }
        }

        @Test
        void isMadeAsABeanIs() {
            word.withBean(Word.class, () -> new Word("injected"))
                    .run(context -> assertThat(judged(context, new IOException("injected")))
                            .isEqualTo(Outcome.FAILURE));
        }

        @Test
        void stopsTheStartIfItCannotBeMade() {
            refuses(
                    "record-failure-predicate",
                    SaysTheWord.class.getName(),
                    "record-failure-predicate",
                    "Must be a bean or a class that can be instantiated");
        }

        @Test
        void stopsTheStartIfThereAreSeveralOfItsClass() {
            word.withBean("one", SaysTheWord.class, () -> new SaysTheWord(new Word("one")))
                    .withBean("two", SaysTheWord.class, () -> new SaysTheWord(new Word("two")))
                    .run(context ->
                            assertThat(context).getFailure().hasStackTraceContaining("Must be a bean or a class"));
        }
    }

    private void refuses(String name, String value, String property, String rule) {
        refuses(runner, name, value, property, rule);
    }

    private static void refuses(
            ApplicationContextRunner application, String name, String value, String property, String rule) {
        application.withPropertyValues(OWN + name + "=" + value).run(context -> {
            Throwable fault = context.getStartupFailure();
            while (fault != null && !(fault instanceof InvalidConfigurationPropertyValueException)) {
                fault = fault.getCause();
            }
            assertThat(fault).isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, refusal -> {
                assertThat(refusal.getName()).isEqualTo(OWN + property);
                assertThat(value).endsWith(String.valueOf(refusal.getValue()));
                assertThat(refusal.getReason()).startsWith(rule);
            });
        });
    }

    @Nested
    class AWrongClass {

        @Test
        void isOneThatDoesNotExist() {
            refuses("record-exceptions", "no.Such", "record-exceptions[0]", "There is no such class.");
            refuses(
                    "ignore-exceptions",
                    "java.io.IOException,no.Such",
                    "ignore-exceptions[1]",
                    "There is no such class.");
            refuses("record-result-predicate", "no.Such", "record-result-predicate", "There is no such class or bean.");
        }

        @Test
        void isOneThatIsNoThrowable() {
            refuses("record-exceptions", "java.lang.String", "record-exceptions[0]", "Must be a Throwable.");
        }

        @Test
        void isOneThatIsNoPredicate() {
            refuses(
                    "record-failure-predicate",
                    "java.lang.String",
                    "record-failure-predicate",
                    "Must be a Predicate<Throwable>.");
            refuses(
                    "record-result-predicate",
                    "java.lang.String",
                    "record-result-predicate",
                    "Must be a Predicate<Object>.");
        }

        static class OfResults implements Predicate<String> {
            @Override
            public boolean test(String result) {
                return result.isEmpty();
            }
        }

        @Test
        void isOneThatCannotBeAskedAboutExceptions() {
            refuses(
                    "ignore-exception-predicate",
                    OfResults.class.getName(),
                    "ignore-exception-predicate",
                    "Must be a Predicate<Throwable>.");
        }

        @Test
        void ofAnExceptionIsPassedOverOnRequest() {
            runner.withPropertyValues(
                            "breaker.defaults.ignore-class-binding-exceptions=true",
                            OWN + "record-exceptions=no.Such",
                            OWN + "ignore-exceptions=no.Such,java.io.IOException")
                    .run(context -> {
                        assertThat(judged(context, new IOException())).isEqualTo(Outcome.IGNORED);
                        assertThat(judged(context, new IllegalStateException())).isEqualTo(Outcome.SUCCESS);
                    });
        }
    }

    @Nested
    class AnHttpClientError {

        @Test
        void isIgnored() {
            runner.run(context -> assertThat(judged(context, notFound)).isEqualTo(Outcome.IGNORED));
        }

        @Test
        void isAFailureOnRequest() {
            runner.withPropertyValues(OWN + "ignore-http-client-errors=false")
                    .run(context -> assertThat(judged(context, notFound)).isEqualTo(Outcome.FAILURE));
        }

        @Test
        void isAFailureIfItIsRecorded() {
            runner.withPropertyValues(OWN + "record-exceptions=org.springframework.web.client.RestClientException")
                    .run(context -> assertThat(judged(context, notFound)).isEqualTo(Outcome.FAILURE));
        }

        @Test
        void isIgnoredIfOthersAreRecorded() {
            runner.withPropertyValues(OWN + "record-exceptions=java.io.IOException")
                    .run(context -> assertThat(judged(context, notFound)).isEqualTo(Outcome.IGNORED));
        }
    }

    @Nested
    class ARetryAfter {

        private final Throwable unavailable = HttpServerErrorException.create(
                HttpStatus.SERVICE_UNAVAILABLE, "busy", retryAfter("7"), new byte[0], null);

        private static HttpHeaders retryAfter(String value) {
            HttpHeaders headers = new HttpHeaders();
            headers.set("Retry-After", value);
            return headers;
        }

        @Test
        void isKnown() {
            runner.run(context ->
                    assertThat(classifier(context).retryAfter(unavailable)).isEqualTo(Duration.ofSeconds(7)));
        }

        @Test
        void isNotLookedForOnRequest() {
            runner.withPropertyValues(OWN + "retry-after-enabled=false")
                    .run(context -> assertThat(classifier(context).retryAfter(unavailable))
                            .isNull());
        }
    }

    @Nested
    class AClassifierOfTheApplication {

        private final ApplicationContextRunner owned = runner.withBean(OutcomeClassifier.class, Own::new);

        static final class Own implements OutcomeClassifier {
            @Override
            public Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
                return thrown == null || thrown instanceof IOException ? Outcome.SUCCESS : Outcome.FAILURE;
            }
        }

        @Test
        void judgesInPlaceOfTheStandardAndOfTheHttpRules() {
            owned.run(context -> {
                assertThat(judged(context, new IOException())).isEqualTo(Outcome.SUCCESS);
                assertThat(judged(context, notFound)).isEqualTo(Outcome.FAILURE);
            });
        }

        @Test
        void judgesWhatThePropertiesOfACircuitDoNotName() {
            owned.withPropertyValues(OWN + "ignore-exceptions=java.io.FileNotFoundException")
                    .run(context -> {
                        assertThat(judged(context, new FileNotFoundException())).isEqualTo(Outcome.IGNORED);
                        assertThat(judged(context, new IOException())).isEqualTo(Outcome.SUCCESS);
                        assertThat(judged(context, new IllegalStateException())).isEqualTo(Outcome.FAILURE);
                    });
        }

        @Test
        void letsHttpClientErrorsBeIgnoredOnRequest() {
            owned.withPropertyValues(OWN + "ignore-http-client-errors=true")
                    .run(context -> assertThat(judged(context, notFound)).isEqualTo(Outcome.IGNORED));
        }
    }

    @Nested
    class AnExceptionThatIsASuccess {

        static class Offers {
            @CircuitBreaker(name = "partner", fallbackMethod = "cold")
            public String named() {
                throw new IllegalStateException("none");
            }

            @CircuitBreaker(name = "partner", fallbackMethod = "cold")
            public String unnamed() {
                throw new UnsupportedOperationException("none");
            }

            String cold(IllegalStateException cause) {
                return "cold";
            }

            String cold(RuntimeException cause) {
                return "never";
            }
        }

        @Test
        void hasAFallbackIfOneNamesItAsAnIgnoredOneHas() {
            runner.withBean(Offers.class)
                    .withPropertyValues(OWN + "record-exceptions=java.io.IOException")
                    .run(context -> {
                        Offers offers = context.getBean(Offers.class);
                        assertThat(offers.named()).isEqualTo("cold");
                        assertThatThrownBy(offers::unnamed).isInstanceOf(UnsupportedOperationException.class);
                    });
        }
    }
}
