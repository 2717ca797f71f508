package dev.breaker.spring.faults;

import dev.breaker.Breaker;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.Permit;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerRedisAutoConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application that a {@link ServiceProcess} runs. It does what it is told over a connection: a line with an order, such as
 * {@code fail partner 3}, is answered with a line.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    DataRedisAutoConfiguration.class,
    BreakerAutoConfiguration.class,
    BreakerRedisAutoConfiguration.class
})
class Service {

    /** The first argument is the port to connect to, the others are the application's. */
    public static void main(String[] args) throws IOException {
        var context = new SpringApplicationBuilder(Service.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(Arrays.copyOfRange(args, 1, args.length));
        try (Socket control = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]))) {
            context.getBean(Orders.class).follow(control);
        }
    }

    @Bean
    static Partner partner() {
        return new Partner();
    }

    @Bean
    static Journal journal() {
        return new Journal();
    }

    @Bean
    static Orders orders(BreakerRegistry registry, Partner partner, Journal journal) {
        return new Orders(registry, partner, journal);
    }

    /** What health probes ask: does not answer before it is told to. */
    static final class Partner {

        private final AtomicInteger checks = new AtomicInteger();
        private final CountDownLatch isBack = new CountDownLatch(1);

        void check() throws InterruptedException {
            checks.incrementAndGet();
            isBack.await();
        }
    }

    /** The transitions that this instance has seen. */
    static final class Journal implements BreakerListener {

        private final ConcurrentLinkedQueue<BreakerEvent.Transition> transitions = new ConcurrentLinkedQueue<>();

        @Override
        public void onTransition(BreakerEvent.Transition transition) {
            transitions.add(transition);
        }

        String of(String circuit) {
            return transitions.stream()
                    .filter(transition -> transition.breaker().equals(circuit))
                    .map(transition -> transition.from() + ">" + transition.to() + (transition.announcer() ? "!" : ""))
                    .collect(Collectors.joining(" "));
        }
    }

    /** Does what each line says. */
    static final class Orders {

        private final BreakerRegistry registry;
        private final Partner partner;
        private final Journal journal;
        private final List<Permit> held = new ArrayList<>();

        Orders(BreakerRegistry registry, Partner partner, Journal journal) {
            this.registry = registry;
            this.partner = partner;
            this.journal = journal;
        }

        void follow(Socket control) throws IOException {
            var in = new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.UTF_8));
            var out = new PrintWriter(control.getOutputStream(), true, StandardCharsets.UTF_8);
            out.println(ProcessHandle.current().pid());
            for (String order = in.readLine(); order != null; order = in.readLine()) {
                out.println(obey(order.split(" ", -1)));
            }
        }

        private Object obey(String[] order) {
            return switch (order[0]) {
                case "call" -> calls(registry.breaker(order[1]), Integer.parseInt(order[2]), true);
                case "fail" -> calls(registry.breaker(order[1]), Integer.parseInt(order[2]), false);
                case "acquire" -> acquire(registry.breaker(order[1]));
                case "complete" -> complete(order[1].equals("success"));
                case "view" -> CircuitView.of(registry.breaker(order[1]).snapshot());
                case "transitions" -> journal.of(order[1]);
                case "checks" -> partner.checks;
                case "answer" -> answer();
                default -> throw new IllegalArgumentException(order[0]);
            };
        }

        private static int calls(Breaker breaker, int times, boolean up) {
            int admitted = 0;
            for (int i = 0; i < times; i++) {
                Permit permit = breaker.tryAcquire();
                if (permit != null) {
                    admitted++;
                    complete(permit, up);
                }
            }
            return admitted;
        }

        private static void complete(Permit permit, boolean success) {
            if (success) {
                permit.success(0);
            } else {
                permit.failure(new IOException("down"), 0);
            }
        }

        private boolean acquire(Breaker breaker) {
            Permit permit = breaker.tryAcquire();
            return permit != null && held.add(permit);
        }

        private int complete(boolean success) {
            int completed = held.size();
            held.forEach(permit -> complete(permit, success));
            held.clear();
            return completed;
        }

        private boolean answer() {
            partner.isBack.countDown();
            return true;
        }
    }
}
