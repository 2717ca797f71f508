package dev.breaker.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.ClassUtils;

/** Runs an application in a class loader of its own, without the libraries of HTTP clients. */
class AbsentClientsTest {

    /** An application whose circuit opens with the first failure; answers what it has seen. */
    public static final class Application implements Callable<String> {

        @Override
        public String call() {
            try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
                context.setClassLoader(Application.class.getClassLoader());
                TestPropertyValues.of(
                                "breaker.defaults.consecutive-failure-threshold=1",
                                "breaker.defaults.ignore-exceptions=java.lang.IllegalArgumentException")
                        .applyTo(context);
                context.register(BreakerAutoConfiguration.class);
                context.refresh();
                return clients() + states(context.getBean(BreakerRegistry.class));
            }
        }

        private static String states(BreakerRegistry registry) {
            var breaker = registry.breaker("partner");
            /* A circuit would forgive a classifier that throws. */
            var judged = breaker.config().classifier().classify(null, new IllegalStateException("down"));
            breaker.acquire().complete(null, new IllegalArgumentException("wrong"), 0);
            BreakerState afterIgnored = breaker.state();
            breaker.acquire().complete(null, new IllegalStateException("down"), 0);
            return judged + " " + afterIgnored + " " + breaker.state();
        }

        private static String clients() {
            ClassLoader loader = Application.class.getClassLoader();
            return ClassUtils.isPresent("org.springframework.web.client.RestClient", loader)
                    + " "
                    + ClassUtils.isPresent("org.springframework.web.reactive.function.client.WebClient", loader)
                    + " ";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring-webflux-,", "spring-webflux-,spring-web-"})
    void doNotDisturbCircuits(String absent) throws Exception {
        String expected =
                absent.contains("spring-web-") ? "false false FAILURE CLOSED OPEN" : "true false FAILURE CLOSED OPEN";
        try (URLClassLoader loader = without(absent.split(","))) {
            Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();
            assertThat(runIn(loader, application)).isEqualTo(expected);
        }
    }

    private static Object runIn(ClassLoader loader, Callable<?> application) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return application.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URLClassLoader without(String... libraries) {
        URL[] rest = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> Arrays.stream(libraries)
                        .noneMatch(library -> new File(path).getName().startsWith(library)))
                .map(AbsentClientsTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(rest, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException fault) {
            throw new IllegalArgumentException(path, fault);
        }
    }
}
