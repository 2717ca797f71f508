package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import dev.breaker.BreakerTotals;
import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.commons.util.ExceptionUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;

/** Which fallback answers for which call. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
@ExtendWith(OutputCaptureExtension.class)
class FallbackTest {

    static class Offers {

        @CircuitBreaker(name = "offers", fallbackMethod = "cold")
        String hot(Callable<String> partner) throws Exception {
            return partner.call();
        }

        private String cold(Callable<String> partner, IOException cause) {
            return "io";
        }

        private String cold(Callable<String> partner, FileNotFoundException cause) {
            return "file";
        }

        private String cold(NumberFormatException cause) {
            return "number " + cause.getMessage();
        }

        private String cold(Callable<String> partner) {
            return "any";
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "coldForAll")
        String hotForAll(Callable<String> partner) throws Exception {
            return partner.call();
        }

        private String coldForAll(Exception cause) {
            return cause.getClass().getSimpleName();
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "coldForErrors")
        String hotForErrors(Callable<String> partner) throws Exception {
            return partner.call();
        }

        private String coldForErrors(Callable<String> partner, Error cause) {
            return "error";
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "coldThatFails")
        String hotAndFailing(Callable<String> partner) throws Exception {
            return partner.call();
        }

        private String coldThatFails(Callable<String> partner) throws IOException {
            throw new IOException("cold");
        }

        @CircuitBreaker(name = "offers", fallbackMethod = "coldForRejections")
        String hotOrRejected(Callable<String> partner) throws Exception {
            return partner.call();
        }

        private String coldForRejections(CallNotPermittedException rejection) {
            return rejection.breaker();
        }
    }

    private Circuits circuits;
    private Offers offers;

    @BeforeEach
    void start() {
        circuits = Circuits.around(Offers.class);
        offers = circuits.bean(Offers.class);
    }

    @AfterEach
    void stop() {
        circuits.close();
    }

    private static Callable<String> throwing(Exception thrown) {
        return () -> {
            throw thrown;
        };
    }

    private static Callable<String> throwing(Error thrown) {
        return () -> {
            throw thrown;
        };
    }

    @Nested
    class OfARejectedCall {

        @BeforeEach
        void open() {
            circuits.open("offers");
        }

        private final Callable<String> never = () -> {
            throw new AssertionError("called");
        };

        @Test
        void isTheOneWithoutExceptionIfNoneTakesARejection() throws Exception {
            assertThat(offers.hot(never)).isEqualTo("any");
        }

        @Test
        void makesNoExceptionThatItDoesNotTake() throws Exception {
            long without = allocatedBytes(() -> offers.hot(never));
            long with = allocatedBytes(() -> offers.hotOrRejected(never));
            assertThat(without).isLessThan(with - 40);
        }

        /* What is not compiled yet may allocate more. */
        private long allocatedBytes(Callable<?> call) throws Exception {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 50; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    call.call();
                }
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 1000);
            }
            return least;
        }

        @Test
        void isTheOneForRejections() throws Exception {
            assertThat(offers.hotOrRejected(never)).isEqualTo("offers");
        }

        @Test
        void isTheOneForASuperclass() throws Exception {
            assertThat(offers.hotForAll(never)).isEqualTo("CallNotPermittedException");
        }

        @Test
        void isNoneIfNoneTakesARejection() {
            assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(() -> offers.hotForErrors(never));
        }

        @Test
        void isCalledOnceAndTheRejectionIsCountedOnce() throws Exception {
            offers.hot(never);
            assertThat(circuits.breaker("offers").totals().rejected()).isEqualTo(1);
            assertThat(circuits.breaker("offers").totals().fallbacks()).isEqualTo(1);
            assertThat(circuits.counts("offers").calls()).isZero();
        }
    }

    @Nested
    class OfAFailure {

        @Test
        void isTheOneWithTheClosestException() throws Exception {
            assertThat(offers.hot(throwing(new IOException()))).isEqualTo("io");
            circuits.breaker("offers").reset("test", "test");
            assertThat(offers.hot(throwing(new FileNotFoundException()))).isEqualTo("file");
        }

        @Test
        void isTheOneWithoutExceptionForAllOthers() throws Exception {
            assertThat(offers.hot(throwing(new IllegalStateException()))).isEqualTo("any");
        }

        @Test
        void seesTheCauseOfAWrapper() throws Exception {
            assertThat(offers.hot(throwing(new CompletionException(new FileNotFoundException()))))
                    .isEqualTo("file");
            assertThat(circuits.breaker("offers").snapshot().lastFailure()).contains("FileNotFound");
        }

        @Test
        void isNoneIfNoneTakesTheException() {
            IOException thrown = new IOException("down");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> offers.hotForErrors(throwing(thrown)))
                    .isSameAs(thrown);
            CompletionException wrapped = new CompletionException(thrown);
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> offers.hotForErrors(throwing(wrapped)))
                    .isSameAs(wrapped);
        }

        @Test
        void takesAnErrorToo() throws Exception {
            assertThat(offers.hotForErrors(throwing(new AssertionError()))).isEqualTo("error");
            assertThat(circuits.counts("offers").failures()).isEqualTo(1);
        }

        @Test
        void neverTakesAnErrorOfTheMachine() {
            OutOfMemoryError thrown = new OutOfMemoryError("test");
            assertThatExceptionOfType(OutOfMemoryError.class)
                    .isThrownBy(() -> offers.hotForErrors(throwing(thrown)))
                    .isSameAs(thrown);
            assertThat(circuits.counts("offers").failures()).isEqualTo(1);
        }

        @Test
        void isCounted() throws Exception {
            offers.hot(throwing(new IOException()));
            assertThat(circuits.breaker("offers").totals())
                    .returns(1L, BreakerTotals::failures)
                    .returns(1L, BreakerTotals::fallbacks);
        }

        @Test
        void isNotCountedIfItGivesNoAnswer() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> offers.hotAndFailing(throwing(new IllegalStateException())));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> offers.hotForErrors(throwing(new IOException())));
            assertThat(circuits.breaker("offers").totals())
                    .returns(2L, BreakerTotals::failures)
                    .returns(0L, BreakerTotals::fallbacks);
        }

        @Test
        void letsItsOwnExceptionOutAsItIs() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> offers.hotAndFailing(throwing(new IllegalStateException())))
                    .withMessage("cold")
                    .withNoCause();
        }

        @Test
        void answersForAResultThatIsAFailure() throws Exception {
            assertThat(offers.hot(() -> "bad")).isEqualTo("any");
            assertThat(circuits.counts("offers").failures()).isEqualTo(1);
        }

        @Test
        void leavesAResultThatIsAFailureIfAllTakeAnException() throws Exception {
            assertThat(offers.hotForAll(() -> "bad")).isEqualTo("bad");
            assertThat(circuits.counts("offers").failures()).isEqualTo(1);
        }
    }

    @Nested
    class OfAnIgnoredException {

        @Test
        void isNoneIfNoneNamesIt() {
            IllegalArgumentException thrown = new IllegalArgumentException("no such customer");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> offers.hot(throwing(thrown)))
                    .isSameAs(thrown);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> offers.hotForAll(throwing(thrown)))
                    .isSameAs(thrown);
            assertThat(circuits.counts("offers").calls()).isZero();
        }

        @Test
        void isTheOneThatNamesIt() throws Exception {
            assertThat(offers.hot(throwing(new NumberFormatException("x")))).isEqualTo("number x");
            assertThat(circuits.counts("offers").calls()).isZero();
        }
    }

    @Nested
    class IsFound {

        static class Parent {
            private String inPrivate(String sku) {
                return "inherited " + sku;
            }

            protected String overridden(String sku) {
                throw new AssertionError("overridden");
            }
        }

        interface Cold {
            default String byDefault(String sku, Throwable cause) {
                return "default " + sku;
            }
        }

        static class Child extends Parent implements Cold {
            @CircuitBreaker(name = "child", fallbackMethod = "inPrivate")
            public String one(String sku) {
                return "hot";
            }

            @CircuitBreaker(name = "child", fallbackMethod = "overridden")
            public String two(String sku) {
                return "hot";
            }

            @CircuitBreaker(name = "child", fallbackMethod = "byDefault")
            public String three(String sku) {
                return "hot";
            }

            @CircuitBreaker(name = "child", fallbackMethod = "inStatic")
            public String four(String sku, int number, long... more) {
                return "hot";
            }

            @CircuitBreaker(name = "child", fallbackMethod = "forNothing")
            public void five() {
                throw new IllegalStateException("down");
            }

            @CircuitBreaker(name = "child", fallbackMethod = "primitive")
            public int six() {
                return 1;
            }

            @CircuitBreaker(name = "child", fallbackMethod = "generic")
            public <T> List<T> seven(T element) {
                return List.of(element);
            }

            @Override
            protected String overridden(String sku) {
                return "overriding " + sku;
            }

            private static String inStatic(String sku, int number, long... more) {
                return sku + number + more[0];
            }

            private void forNothing(Throwable cause) {}

            private int primitive() {
                return 2;
            }

            private <T> List<T> generic(T element) {
                return List.of(element, element);
            }
        }

        @Test
        void whereverTheBeanHasIt() {
            try (Circuits circuits = Circuits.with(context -> {
                context.registerBean("child", Child.class);
                AnnotatedMethodTest.proxyTargetClasses(context);
            })) {
                Child child = circuits.bean(Child.class);
                assertThatCode(child::five).doesNotThrowAnyException();
                circuits.open("child");
                assertThat(child.one("a")).isEqualTo("inherited a");
                assertThat(child.two("a")).isEqualTo("overriding a");
                assertThat(child.three("a")).isEqualTo("default a");
                assertThat(child.four("a", 1, 2)).isEqualTo("a12");
                assertThat(child.six()).isEqualTo(2);
                assertThat(child.seven("a")).containsExactly("a", "a");
            }
        }

        static class Catalogue {
            static int created;

            Catalogue() {
                created++;
            }

            @CircuitBreaker(name = "catalogue")
            String offer(String sku) {
                return "catalogue " + sku;
            }
        }

        static class Asking {
            @CircuitBreaker(name = "asking", fallbackMethod = "catalogue::offer")
            String hot(String sku) {
                return "hot";
            }
        }

        @Configuration(proxyBeanMethods = false)
        static class LazyCatalogue {
            @Bean
            @Lazy
            Catalogue catalogue() {
                return new Catalogue();
            }

            @Bean
            Asking asking() {
                return new Asking();
            }
        }

        @Configuration(proxyBeanMethods = false)
        static class ManyCatalogues {
            @Bean
            @Scope("prototype")
            Catalogue catalogue() {
                return new Catalogue();
            }

            @Bean
            Asking asking() {
                return new Asking();
            }
        }

        @Test
        void onAnotherBeanThatIsCreatedWhenFirstNeededAndCalledPastItsProxy() {
            Catalogue.created = 0;
            try (Circuits circuits = Circuits.around(LazyCatalogue.class)) {
                Asking asking = circuits.bean(Asking.class);
                asking.hot("a");
                assertThat(Catalogue.created).isZero();
                circuits.open("asking");
                circuits.open("catalogue");
                assertThat(asking.hot("a")).isEqualTo("catalogue a");
                assertThat(asking.hot("b")).isEqualTo("catalogue b");
                assertThat(Catalogue.created).isEqualTo(1);
                assertThat(circuits.breaker("catalogue").snapshot().rejectedCalls())
                        .isZero();
            }
        }

        @Test
        void onAnotherBeanOfEveryScope() {
            Catalogue.created = 0;
            try (Circuits circuits = Circuits.around(ManyCatalogues.class)) {
                circuits.open("asking");
                circuits.bean(Asking.class).hot("a");
                circuits.bean(Asking.class).hot("b");
                assertThat(Catalogue.created).isEqualTo(2);
            }
        }
    }

    /* Making a shared Method accessible and inaccessible around each call let concurrent calls fail. */
    static class Chained {

        private final Archive archive;

        Chained(Archive archive) {
            this.archive = archive;
        }

        @CircuitBreaker(name = "first", fallbackMethod = "second")
        public String hot() {
            throw new IllegalStateException("down");
        }

        @CircuitBreaker(name = "second")
        public String second() {
            return archive.cold();
        }
    }

    static class Archive {

        @CircuitBreaker(name = "archive")
        public String cold() {
            return "cold";
        }
    }

    @Test
    void hasNoCircuitBreakerOfItsOwnAndTheStartSaysWhatToDo(CapturedOutput output) {
        try (Circuits circuits = Circuits.around(Chained.class, Archive.class)) {
            assertThat(circuits.bean(Chained.class).hot()).isEqualTo("cold");
            assertThat(circuits.counts("second").calls()).isZero();
            assertThat(circuits.counts("archive").calls()).isEqualTo(1);
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("@CircuitBreaker of its own")))
                .singleElement()
                .asString()
                .contains("WARN")
                .contains("second() has")
                .contains("Chained.hot()")
                .contains("let it call a method of another bean");
    }

    @CircuitBreaker(name = "configurable", fallbackMethod = "${offers.fallback}")
    static class Configurable {

        public String hot() {
            throw new IllegalStateException("down");
        }

        public String cold() {
            return "cold";
        }
    }

    @Test
    void mayBeNamedByAProperty() {
        Consumer<AnnotationConfigApplicationContext> settings = context -> {
            TestPropertyValues.of("offers.fallback=cold").applyTo(context);
            context.registerBean(PropertySourcesPlaceholderConfigurer.class);
            context.register(Configurable.class);
        };
        try (Circuits circuits = Circuits.with(settings)) {
            assertThat(circuits.bean(Configurable.class).hot()).isEqualTo("cold");
            assertThat(circuits.bean(Configurable.class).cold()).isEqualTo("cold");
            assertThat(circuits.counts("configurable").calls()).isEqualTo(1);
        }
    }

    @Test
    void whenPrivateIsCallableByManyThreadsAtOnce() throws Exception {
        circuits.open("offers");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Long>> tasks = IntStream.range(0, 8)
                    .<Callable<Long>>mapToObj(task -> () -> IntStream.range(0, 5_000)
                            .filter(call -> answers(offers).equals("any"))
                            .count())
                    .toList();
            for (Future<Long> answered : threads.invokeAll(tasks)) {
                assertThat(answered.get()).isEqualTo(5_000);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String answers(Offers offers) {
        try {
            return offers.hot(() -> "hot");
        } catch (Exception fault) {
            throw new IllegalStateException(fault);
        }
    }

    static class Sneaky {
        @CircuitBreaker(name = "sneaky", fallbackMethod = "cold")
        String hot() {
            ExceptionUtils.throwAsUncheckedException(new IOException("down"));
            return "hot";
        }

        private String cold(IOException cause) {
            return "io";
        }
    }

    @Test
    void seesTheExceptionThatTheProxyWrappedBecauseTheMethodDoesNotDeclareIt() {
        try (Circuits circuits = Circuits.around(Sneaky.class)) {
            assertThat(circuits.bean(Sneaky.class).hot()).isEqualTo("io");
        }
    }

    static class WithoutFallback {
        @CircuitBreaker(name = "without")
        String hot(RuntimeException thrown) {
            throw thrown;
        }
    }

    @Test
    void isNotNeeded() {
        try (Circuits circuits = Circuits.around(WithoutFallback.class)) {
            WithoutFallback bean = circuits.bean(WithoutFallback.class);
            assertThatIllegalStateException().isThrownBy(() -> bean.hot(new IllegalStateException()));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> bean.hot(new UncheckedIOException(new IOException())));
            assertThatExceptionOfType(CallNotPermittedException.class)
                    .isThrownBy(() -> bean.hot(new IllegalStateException()));
        }
    }

    interface Repository {

        @CircuitBreaker(name = "repository", fallbackMethod = "cold")
        String hot();

        default String cold() {
            return "cold";
        }

        /** A proxy as Spring Data makes it: the object behind it has none of the interface's methods. */
        static Repository create() {
            ProxyFactory factory = new ProxyFactory(Repository.class, (MethodInterceptor) call -> "hot");
            factory.setTarget("not a repository");
            return (Repository) factory.getProxy();
        }
    }

    @Test
    void isCalledOnTheProxyOfARepositoryWhoseTargetDoesNotHaveIt() {
        try (Circuits circuits = Circuits.with(context -> context.registerBean(Repository.class, Repository::create))) {
            Repository bean = circuits.bean(Repository.class);
            assertThat(circuits.resolved).containsExactly("repository");
            assertThat(bean.hot()).isEqualTo("hot");
            circuits.open("repository");
            assertThat(bean.hot()).isEqualTo("cold");
        }
    }
}
