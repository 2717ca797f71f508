package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.HealthProbe;
import dev.breaker.ManualTicker;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

class HealthProbePropertyTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withUserConfiguration(Beans.class)
            .withBean(ManualTicker.class)
            .withPropertyValues("breaker.instances.partner.consecutive-failure-threshold=1");

    private static Breaker probed(AssertableApplicationContext context) {
        Breaker breaker = context.getBean(BreakerRegistry.class).breaker("partner");
        Objects.requireNonNull(breaker.tryAcquire()).failure(new IOException("down"), 0);
        context.getBean(ManualTicker.class).advance(Duration.ofSeconds(30));
        return breaker;
    }

    private ApplicationContextRunner naming(String probe) {
        return runner.withPropertyValues("breaker.instances.partner.health-probe=" + probe);
    }

    @Nested
    class Names {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "probe",
                    "runnable",
                    "callable",
                    "supplier",
                    "client::ping",
                    "client::isUp",
                    "client::hidden",
                    "client::body",
                    "client::inherited",
                    "client::byDefault",
                    "remote::ping"
                })
        void whatSucceeds(String probe) {
            naming(probe).run(context -> {
                assertThat(probed(context).state()).isEqualTo(BreakerState.CLOSED);
                assertThat(context.getBean(AtomicInteger.class)).hasValue(1);
            });
        }

        @ParameterizedTest
        @CsvSource({
            "failingProbe, IOException: down",
            "falseCallable, IllegalStateException: falseCallable returned false",
            "falseSupplier, IllegalStateException: falseSupplier returned false",
            "promisingCallable, 'IllegalStateException: promisingCallable returned a CompletableFuture, which says "
                    + "nothing before it ends'",
            "client::isDown, IllegalStateException: client::isDown returned false",
            "client::fails, IOException: down",
            "brokenBean, 'BeanCreationException'"
        })
        void whatFails(String probe, String problem) {
            naming(probe).run(context -> {
                Breaker breaker = probed(context);
                assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
                assertThat(breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
                assertThat(breaker.snapshot().lastFailure()).startsWith(problem);
            });
        }

        @Test
        void aMethodWhoseOwnCircuitBreakerIsOpen() {
            naming("guarded::ping").run(context -> {
                assertThat(context.getBean(Guarded.class).getClass()).isNotEqualTo(Guarded.class);
                assertThat(probed(context).state()).isEqualTo(BreakerState.CLOSED);
            });
        }

        @Test
        void aBeanThatIsCreatedWhenItIsNeeded() {
            naming("lazyProbe").run(context -> {
                assertThat(context.getBeanFactory().containsSingleton("lazyProbe"))
                        .isFalse();
                assertThat(probed(context).state()).isEqualTo(BreakerState.CLOSED);
            });
        }

        @Test
        void noProbeIfItIsEmpty() {
            runner.withPropertyValues("breaker.defaults.health-probe=probe", "breaker.instances.partner.health-probe=")
                    .run(context -> {
                        Breaker breaker = probed(context);
                        assertThat(breaker.config().healthProbe()).isNull();
                        assertThat(breaker.tryAcquire()).isNotNull();
                    });
        }

        @Test
        void theSameProbeForEqualNames() {
            runner.withPropertyValues(
                            "breaker.defaults.health-probe=client::ping", "breaker.configs.a.health-probe=client::ping")
                    .run(context -> {
                        BreakerConfigs configs = context.getBean(BreakerConfigs.class);
                        assertThat(configs.of("one")).isEqualTo(configs.of("other"));
                    });
        }
    }

    @Nested
    class StopsTheStart {

        private Consumer<AssertableApplicationContext> saying(String property, String value, String reason) {
            return context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, invalid -> {
                        assertThat(invalid.getName()).isEqualTo(property);
                        assertThat(invalid.getValue()).isEqualTo(value);
                        assertThat(invalid.getReason()).isEqualTo(reason);
                    });
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "missing | There is no bean named 'missing', or its class is unknown; define it, or correct its name.",
                    "missing::ping | There is no bean named 'missing', or its class is unknown; define it, or correct its"
                            + " name.",
                    "client:: | Must be a bean's name or have the form bean::method.",
                    "counter | Bean 'counter' is a java.util.concurrent.atomic.AtomicInteger, not a HealthProbe,"
                            + " BooleanSupplier, Callable, Runnable; implement one of them, or name a method as"
                            + " counter::method.",
                    "both | Bean 'both' is ambiguous, a Callable and a Runnable; name one of its methods as both::method.",
                })
        void ifItNamesNoFittingBean(String probe, String reason) {
            naming(probe)
                    .run(context -> saying("breaker.instances.partner.health-probe", probe, reason)
                            .accept(context));
        }

        @Test
        void ifTheMethodIsMissing() {
            naming("client::pong")
                    .run(context -> saying(
                                    "breaker.instances.partner.health-probe",
                                    "client::pong",
                                    Client.class.getName()
                                            + " has no method pong() without parameters; add it, or correct the name.")
                            .accept(context));
        }

        @Test
        void ifTheMethodHasParameters() {
            naming("client::ask")
                    .run(context -> saying(
                                    "breaker.instances.partner.health-probe",
                                    "client::ask",
                                    Client.class.getName()
                                            + " has no method ask() without parameters, only ask(String) and ask(int);"
                                            + " add it, or correct the name.")
                            .accept(context));
        }

        @Test
        void ifTheMethodReturnsBeforeItHasEnded() {
            naming("client::later")
                    .run(context -> saying(
                                    "breaker.instances.partner.health-probe",
                                    "client::later",
                                    Client.class.getName()
                                            + ".later() returns a CompletableFuture, which says nothing before it ends;"
                                            + " let it return when the answer is known.")
                            .accept(context));
        }

        @Test
        void alsoForATemplateThatNobodyUses() {
            runner.withPropertyValues("breaker.configs.template.health-probe=missing")
                    .run(context -> assertThat(context).hasFailed());
        }
    }

    interface Named {

        default void byDefault() {
            counter().incrementAndGet();
        }

        AtomicInteger counter();
    }

    interface Remote {

        @CircuitBreaker(name = "partner")
        void ping();
    }

    static class Base {

        AtomicInteger counter = new AtomicInteger();

        void inherited() {
            counter.incrementAndGet();
        }
    }

    static class Client extends Base implements Named {

        Client(AtomicInteger counter) {
            this.counter = counter;
        }

        @Override
        public AtomicInteger counter() {
            return counter;
        }

        public void ping() {
            counter.incrementAndGet();
        }

        boolean isUp() {
            return counter.incrementAndGet() > 0;
        }

        boolean isDown() {
            return false;
        }

        private String hidden() {
            return "up " + counter.incrementAndGet();
        }

        @Nullable
        Object body() {
            counter.incrementAndGet();
            return null;
        }

        void fails() throws IOException {
            hidden();
            throw new IOException("down");
        }

        CompletableFuture<String> later() {
            return new CompletableFuture<>();
        }

        void ask(String question) {}

        void ask(int number) {}
    }

    static class Guarded {

        @CircuitBreaker(name = "partner")
        public void ping() {}
    }

    abstract static class Both implements Runnable, Callable<String> {}

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        AtomicInteger counter() {
            return new AtomicInteger();
        }

        @Bean
        Client client(AtomicInteger counter) {
            return new Client(counter);
        }

        @Bean
        Guarded guarded() {
            return new Guarded();
        }

        @Bean
        Remote remote(AtomicInteger counter) {
            return counter::incrementAndGet;
        }

        @Bean
        HealthProbe probe(AtomicInteger counter) {
            return counter::incrementAndGet;
        }

        @Bean
        @Lazy
        HealthProbe lazyProbe() {
            return () -> {};
        }

        @Bean
        Runnable runnable(AtomicInteger counter) {
            return counter::incrementAndGet;
        }

        @Bean
        Callable<Integer> callable(AtomicInteger counter) {
            return counter::incrementAndGet;
        }

        @Bean
        BooleanSupplier supplier(AtomicInteger counter) {
            return () -> counter.incrementAndGet() > 0;
        }

        @Bean
        HealthProbe failingProbe() {
            return () -> {
                throw new IOException("down");
            };
        }

        @Bean
        Callable<Boolean> falseCallable() {
            return () -> false;
        }

        @Bean
        BooleanSupplier falseSupplier() {
            return () -> false;
        }

        @Bean
        Callable<CompletableFuture<String>> promisingCallable() {
            return CompletableFuture::new;
        }

        @Bean
        @Lazy
        HealthProbe brokenBean() {
            throw new IllegalStateException("broken");
        }

        @Bean
        Both both() {
            return new Both() {
                @Override
                public void run() {}

                @Override
                public String call() {
                    return "";
                }
            };
        }
    }
}
