package dev.breaker.bench;

import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerScope;
import dev.breaker.BreakerSnapshot;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;

/** Circuits in all states, shared through a real Redis, that stay as they are while they are measured. */
@State(Scope.Benchmark)
public class Circuits {

    final String customer = "anna";
    final Callable<String> body = () -> customer;
    BreakerOffers offers;
    Breaker closed;
    private RealRedis redis;
    private ConfigurableApplicationContext application;

    @Setup
    public void start() {
        redis = RealRedis.start();
        application = Application.start(
                BreakerOffers.Beans.class,
                "spring.data.redis.port=" + redis.port(),
                "breaker.defaults.wait-duration-in-open-state=1h",
                "breaker.defaults.probe-lease=1h",
                "breaker.instances.open.initial-state=open",
                "breaker.instances.half-open.initial-state=half-open");
        offers = application.getBean(BreakerOffers.class);
        closed = breaker("closed");
        awaitCluster(BreakerState.CLOSED, "closed");
        awaitCluster(BreakerState.OPEN, "open");
        awaitCluster(BreakerState.HALF_OPEN, "half-open");
        await().atMost(Duration.ofMinutes(1)).until(() -> breaker("half-open").tryAcquire() == null);
    }

    private Breaker breaker(String name) {
        return application.getBean(BreakerRegistry.class).breaker(name);
    }

    private void awaitCluster(BreakerState state, String name) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            BreakerSnapshot now = breaker(name).snapshot();
            return now.state() == state
                    && now.stateScope() == BreakerScope.CLUSTER
                    && now.sharing() == Sharing.ACTIVE
                    && now.staleness() != null;
        });
    }

    /** Fails if a circuit has moved: then something else was measured. */
    @TearDown
    public void stop() {
        awaitCluster(BreakerState.CLOSED, "closed");
        awaitCluster(BreakerState.OPEN, "open");
        awaitCluster(BreakerState.HALF_OPEN, "half-open");
        application.close();
        redis.close();
    }
}
