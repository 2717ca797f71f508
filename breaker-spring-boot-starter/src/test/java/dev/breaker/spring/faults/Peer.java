package dev.breaker.spring.faults;

import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerEvent.Transition;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.Permit;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.WindowSpec;
import dev.breaker.spring.redis.RealRedis;
import dev.breaker.spring.redis.RedisSharedStoreFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** One of several instances of the service {@code faults} within this JVM, and no more of it than a registry on a real Redis. */
final class Peer implements BreakerListener, AutoCloseable {

    private static final int MOST_TRANSITIONS = 100;

    /* For a machine that is busy with other things: only what the tests bring about is an outage. */
    private static final Duration PATIENT = Duration.ofSeconds(2);

    final BreakerRegistry registry;

    private final SharedStore store;
    private final ConcurrentLinkedQueue<Transition> transitions = new ConcurrentLinkedQueue<>();

    private Peer(RealRedis redis, UnaryOperator<BreakerRegistry.Builder> settings) {
        store = RedisSharedStoreFactory.derivedFrom(
                new LettuceConnectionFactory(redis.host(), redis.port()),
                null,
                new RedisSharedStoreFactory.Settings("breaker", "faults", PATIENT));
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
        registry = settings.apply(BreakerRegistry.builder().store(store).listener(this))
                .build();
    }

    /* Connecting has its own time-out, which a busy machine may exceed; how that goes on is not what these tests are about. */
    private boolean answers() {
        return store.sync("unknown", new WindowSpec(WindowSpec.Kind.COUNT, 1, Duration.ZERO), "unknown", null)
                .toCompletableFuture()
                .handle((reply, fault) -> fault == null)
                .join();
    }

    static Peer on(RealRedis redis, BreakerConfig config) {
        return on(redis, builder -> builder.configs(name -> config));
    }

    static Peer on(RealRedis redis, UnaryOperator<BreakerRegistry.Builder> settings) {
        return new Peer(redis, settings);
    }

    @Override
    public void onTransition(Transition transition) {
        transitions.add(transition);
        if (transitions.size() > MOST_TRANSITIONS) {
            transitions.remove();
        }
    }

    /** The last transitions of all circuits that this instance has seen. */
    List<Transition> transitions() {
        return List.copyOf(transitions);
    }

    Breaker breaker(String circuit) {
        return registry.breaker(circuit);
    }

    /** Makes calls that fail; returns how many were let through. */
    int fail(String circuit, int times) {
        return calls(registry.breaker(circuit), times, false);
    }

    /** Makes calls that succeed; returns how many were let through. */
    int call(String circuit, int times) {
        return calls(registry.breaker(circuit), times, true);
    }

    static int calls(Breaker breaker, int times, boolean up) {
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

    static void complete(Permit permit, boolean success) {
        if (success) {
            permit.success(0);
        } else {
            permit.failure(new IOException("down"), 0);
        }
    }

    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
