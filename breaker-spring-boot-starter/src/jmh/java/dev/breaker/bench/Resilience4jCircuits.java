package dev.breaker.bench;

import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;

/** Circuits of Resilience4j in all states, with the rules that ours have. */
@org.openjdk.jmh.annotations.State(Scope.Benchmark)
public class Resilience4jCircuits {

    private static final String RULES = "resilience4j.circuitbreaker.configs.default.";

    final String customer = "anna";
    final Callable<String> body = () -> customer;
    Resilience4jOffers offers;
    CircuitBreaker closed;
    private ConfigurableApplicationContext application;

    @Setup
    public void start() {
        application = Application.start(
                Resilience4jOffers.Beans.class,
                RULES + "sliding-window-type=time_based",
                RULES + "sliding-window-size=10",
                RULES + "minimum-number-of-calls=10",
                RULES + "permitted-number-of-calls-in-half-open-state=5",
                RULES + "wait-duration-in-open-state=1h",
                "resilience4j.circuitbreaker.instances.open.base-config=default",
                "resilience4j.circuitbreaker.instances.half-open.base-config=default",
                "resilience4j.circuitbreaker.instances.closed.base-config=default");
        offers = application.getBean(Resilience4jOffers.class);
        closed = breaker("closed");
        breaker("open").transitionToOpenState();
        CircuitBreaker halfOpen = breaker("half-open");
        halfOpen.transitionToOpenState();
        halfOpen.transitionToHalfOpenState();
        await().until(() -> !halfOpen.tryAcquirePermission());
    }

    private CircuitBreaker breaker(String name) {
        return application.getBean(CircuitBreakerRegistry.class).circuitBreaker(name);
    }

    /** Fails if a circuit has moved: then something else was measured. */
    @TearDown
    public void stop() {
        check("closed", State.CLOSED);
        check("open", State.OPEN);
        check("half-open", State.HALF_OPEN);
        application.close();
    }

    private void check(String name, State expected) {
        if (breaker(name).getState() != expected) {
            throw new IllegalStateException(name + " is " + breaker(name).getState());
        }
    }
}
