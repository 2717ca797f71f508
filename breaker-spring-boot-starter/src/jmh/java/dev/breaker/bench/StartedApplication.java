package dev.breaker.bench;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.lang.management.ManagementFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** A web application with ten partners that prints how long it took to be ready, and how many classes that took. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StartedApplication {

    private static final int PARTNERS = 10;

    /**
     * Starts, prints and ends.
     *
     * @param args whether the partners are guarded, and the port of Redis
     */
    public static void main(String[] args) {
        Class<?> partner = Boolean.parseBoolean(args[0]) ? GuardedPartner.class : PlainPartner.class;
        new SpringApplicationBuilder(StartedApplication.class)
                .properties("spring.application.name=bench", "server.port=0", "spring.data.redis.port=" + args[1])
                .initializers(context -> {
                    for (int i = 0; i < PARTNERS; i++) {
                        ((GenericApplicationContext) context).registerBean("partner" + i, partner);
                    }
                })
                .run();
        System.out.println(ManagementFactory.getRuntimeMXBean().getUptime() + " "
                + ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
        Runtime.getRuntime().halt(0);
    }

    /** Has a circuit breaker of its own, and a fallback. */
    public static class GuardedPartner {

        @CircuitBreaker(name = "partner", fallbackMethod = "standIn")
        public String offer(String customer) {
            return customer;
        }

        String standIn(String customer) {
            return "none";
        }
    }

    /** The same without. */
    public static class PlainPartner {

        public String offer(String customer) {
            return customer;
        }
    }
}
