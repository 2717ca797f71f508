package dev.breaker.spring.faults;

import dev.breaker.Breaker;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import dev.breaker.Permit;
import dev.breaker.spring.annotation.CircuitBreaker;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerRedisAutoConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An instance of a service in this JVM, as a user has it: auto-configured, with annotated methods. */
final class Instance implements AutoCloseable {

    /** How many probes a half-open stay has. */
    static final int PROBES = 2;

    private static final List<String> SETTINGS = List.of(
            "spring.application.name=offers",
            "breaker.defaults.sliding-window-size=600",
            "breaker.defaults.consecutive-failure-threshold=3",
            "breaker.defaults.wait-duration-in-open-state=10m",
            "breaker.defaults.probe-lease=10m",
            "breaker.defaults.permitted-number-of-calls-in-half-open-state=" + PROBES,
            "breaker.instances.half.wait-duration-in-open-state=100ms",
            "breaker.instances.closed.consecutive-failure-threshold=0");

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Queue<Permit> probes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger probesMade = new AtomicInteger();

    private Instance(List<String> properties) {
        TestPropertyValues.of(properties).applyTo(context);
        context.register(Application.class);
        context.refresh();
    }

    /** Starts one that uses Lettuce or Jedis. */
    static Instance start(String client, String... properties) {
        List<String> all = new ArrayList<>(SETTINGS);
        all.add("spring.data.redis.client-type=" + client);
        all.addAll(List.of(properties));
        return new Instance(all);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataRedisAutoConfiguration.class,
        BreakerAutoConfiguration.class,
        BreakerRedisAutoConfiguration.class
    })
    static class Application {

        @Bean
        static Partner partner() {
            return new Partner();
        }

        @Bean
        static Offers offers(Partner partner) {
            return new Offers(partner);
        }

        @Bean
        static Outages outages() {
            return new Outages();
        }
    }

    /** Fails every tenth time. */
    static final class Partner {

        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        String offer() {
            if (calls.incrementAndGet() % 10 == 0) {
                failures.incrementAndGet();
                throw new IllegalStateException("down");
            }
            return "hot";
        }
    }

    static class Offers {

        private final Partner partner;

        Offers(Partner partner) {
            this.partner = partner;
        }

        @CircuitBreaker(name = "closed", fallbackMethod = "cold")
        String closed() {
            return partner.offer();
        }

        @CircuitBreaker(name = "open", fallbackMethod = "cold")
        String open() {
            return partner.offer();
        }

        @SuppressWarnings("unused")
        private String cold(Throwable cause) {
            return "cold";
        }

        @SuppressWarnings("unused")
        private String cold(CallNotPermittedException rejection) {
            return "rejected";
        }
    }

    /** Counts what is said about the sharing. */
    static final class Outages implements BreakerListener {

        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();

        @Override
        public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
            begun.incrementAndGet();
        }

        @Override
        public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
            ended.incrementAndGet();
        }
    }

    Offers offers() {
        return context.getBean(Offers.class);
    }

    Partner partner() {
        return context.getBean(Partner.class);
    }

    Outages outages() {
        return context.getBean(Outages.class);
    }

    Breaker breaker(String name) {
        return context.getBean(BreakerRegistry.class).breaker(name);
    }

    BreakerState state(String name) {
        return breaker(name).state();
    }

    boolean isSharing() {
        return context.getBean(BreakerRegistry.class).sharing() == Sharing.ACTIVE;
    }

    /** Three failures, after which the very next call is rejected here, whatever the store does. */
    Instance open(String name) {
        for (int i = 0; i < 3; i++) {
            breaker(name).acquire().failure(new IOException("down"), 0);
        }
        return this;
    }

    /** Takes a probe if there is one, and keeps it. */
    String probe() {
        if (state("half") == BreakerState.CLOSED) {
            return "asked";
        }
        Permit permit = breaker("half").tryAcquire();
        if (permit != null) {
            probesMade.incrementAndGet();
            probes.add(permit);
        }
        return "asked";
    }

    int probesMade() {
        return probesMade.get();
    }

    /** One of the probes under way here succeeds. */
    boolean succeed() {
        Permit probe = probes.poll();
        if (probe != null) {
            probe.success(0);
        }
        return probe != null;
    }

    @Override
    public void close() {
        context.close();
    }
}
