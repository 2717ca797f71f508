package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.annotation.CircuitBreaker;
import io.reactivex.rxjava3.core.Single;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;

/** An application that has no Reactor: all its classes are loaded anew, from a class path without it. */
class WithoutReactorTest {

    static class Plain {
        @CircuitBreaker(name = "plain")
        String hot() {
            return "hot";
        }
    }

    static class Publishing {
        @CircuitBreaker(name = "publishing")
        Flow.Publisher<String> hot() {
            return subscriber -> {};
        }
    }

    static class Adapted {
        @CircuitBreaker(name = "adapted")
        Single<String> hot() {
            return Single.just("hot");
        }
    }

    /** Runs in the other application, which shares only the JDK's types with this one. */
    static class CallsAPlainMethod implements Function<String, String> {
        @Override
        public String apply(String argument) {
            try (Circuits circuits = Circuits.around(Plain.class)) {
                return circuits.bean(Plain.class).hot() + " "
                        + circuits.counts("plain").calls();
            }
        }
    }

    static class StartsWith implements Function<String, String> {
        @Override
        public String apply(String bean) {
            try (Circuits circuits = Circuits.around(Class.forName(bean))) {
                return "started with " + circuits.resolved;
            } catch (BeanCreationException refused) {
                return String.valueOf(refused.getMostSpecificCause().getMessage());
            } catch (ClassNotFoundException missing) {
                throw new AssertionError(missing);
            }
        }
    }

    private URLClassLoader application;

    @BeforeEach
    void load() {
        URL[] classPath = Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !new File(entry).getName().contains("reactor-"))
                .map(WithoutReactorTest::url)
                .toArray(URL[]::new);
        application = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
    }

    @AfterEach
    void close() throws Exception {
        application.close();
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException fault) {
            throw new AssertionError(entry, fault);
        }
    }

    @SuppressWarnings("unchecked")
    private String inTheApplication(Class<?> code, String argument) throws Exception {
        var constructor = application.loadClass(code.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        thread.setContextClassLoader(application);
        try {
            return ((Function<String, String>) constructor.newInstance()).apply(argument);
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    @Test
    void callsOtherMethodsAsEver() throws Exception {
        assertThat(inTheApplication(CallsAPlainMethod.class, "")).isEqualTo("hot 1");
    }

    @Test
    void refusesReactiveMethods() throws Exception {
        assertThat(inTheApplication(StartsWith.class, Publishing.class.getName()))
                .endsWith("the return type (Flow.Publisher<String>) is reactive, which is not supported without"
                        + " reactor-core.");
        assertThat(inTheApplication(StartsWith.class, Adapted.class.getName()))
                .endsWith("the return type (Single<String>) is reactive, which is not supported without reactor-core.");
    }
}
