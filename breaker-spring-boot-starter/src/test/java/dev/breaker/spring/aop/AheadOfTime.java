package dev.breaker.spring.aop;

import java.util.Set;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.Ordered;

/** What is known of an application before it runs. */
record AheadOfTime(RuntimeHints hints, Set<String> classes) {

    static AheadOfTime of(Class<?>... beans) {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.register(Interception.class);
            context.register(beans);
            TestGenerationContext generation = new TestGenerationContext(AheadOfTime.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            Set<String> classes =
                    generation.getGeneratedFiles().getGeneratedFiles(Kind.CLASS).keySet();
            return new AheadOfTime(generation.getRuntimeHints(), classes);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Interception {

        @Bean
        static CircuitBreakerPostProcessor circuitBreakerPostProcessor(ObjectProvider<BreakerResolver> breakers) {
            return new CircuitBreakerPostProcessor(breakers, Ordered.LOWEST_PRECEDENCE);
        }
    }
}
