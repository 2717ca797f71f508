package dev.breaker.spring.faults;

import dev.breaker.Breaker;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Calls of all kinds to several circuits of all instances, now and then a partner that is down, new keys, and operators. */
final class MixedTraffic implements AutoCloseable {

    static final List<String> CIRCUITS =
            IntStream.range(0, 8).mapToObj(i -> "partner-" + i).toList();

    private static final int CALLERS = 4;
    private static final int CALLS_AT_A_TIME = 20;

    private final List<Peer> instances;
    private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS);
    private final LongAdder calls = new LongAdder();
    private final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();

    /** Begins at once. */
    MixedTraffic(List<Peer> instances) {
        this.instances = instances;
        for (int i = 0; i < CALLERS; i++) {
            Random random = new Random(i);
            callers.scheduleWithFixedDelay(() -> step(random), 0, 1, TimeUnit.MILLISECONDS);
        }
    }

    private void step(Random random) {
        try {
            Peer instance = instances.get(random.nextInt(instances.size()));
            Breaker breaker = instance.breaker(CIRCUITS.get(random.nextInt(CIRCUITS.size())));
            calls.add(Peer.calls(breaker, CALLS_AT_A_TIME, true));
            calls.add(Peer.calls(instance.registry.keyed("tenant").breaker("key-" + random.nextInt()), 1, true));
            switch (random.nextInt(500)) {
                case 0 -> breaker.forceOpen("maintenance", "test", Duration.ofMillis(50));
                case 1 -> breaker.disable("drill", "test", Duration.ofMillis(50));
                case 2 -> breaker.release("over", "test");
                case 3 -> breaker.reset("again", "test");
                case 4 -> instance.registry.reconfigure();
                case 5, 6, 7, 8 -> Peer.calls(breaker, 10 * CALLS_AT_A_TIME, false);
                default -> Peer.calls(breaker, 1, false);
            }
        } catch (RuntimeException | Error fault) {
            faults.add(fault);
        }
    }

    /** Calls that were let through. */
    long calls() {
        return calls.sum();
    }

    /** What callers have seen that they should not. */
    List<Throwable> faults() {
        return List.copyOf(faults);
    }

    /** Ends when the calls under way have ended. */
    void end() throws InterruptedException {
        callers.shutdown();
        if (!callers.awaitTermination(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("A call hangs");
        }
    }

    @Override
    public void close() {
        callers.shutdownNow();
    }
}
