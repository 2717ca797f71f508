package dev.breaker.bench;

import dev.breaker.Breaker;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerState;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStoreListener;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * When one instance followed the cluster. It subscribes after the registry, so it is told of an announcement when the registry
 * has followed it, in the same thread, and what was polled by the registry's events. The clock is read after a call was tried,
 * so no moment is too early.
 */
final class TransitionMoments implements SharedStoreListener, BreakerListener {

    private static final long PATIENCE_SECONDS = 30;

    private final SharedInstance instance;
    private final CountDownLatch subscribed = new CountDownLatch(1);
    private final Map<String, Moments> circuits = new ConcurrentHashMap<>();

    TransitionMoments(SharedInstance instance) {
        this.instance = instance;
        instance.store().subscribe(this);
        instance.registry().addListener(this);
    }

    Moments of(String breaker) {
        return circuits.computeIfAbsent(breaker, any -> new Moments());
    }

    @Override
    public void stateChanged(String breaker, SharedState state) {
        look(breaker, state.epoch());
    }

    @Override
    public void overrideChanged(String breaker, SharedOverride override) {}

    @Override
    public void subscribed() {
        subscribed.countDown();
    }

    /** Waits until announcements arrive. */
    void awaitSubscription() throws InterruptedException {
        if (!subscribed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Not subscribed within " + PATIENCE_SECONDS + " s");
        }
    }

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        look(event.breaker(), event.epoch());
    }

    private void look(String name, long epoch) {
        Breaker breaker = instance.breaker(name);
        boolean rejects = breaker.tryAcquire() == null;
        long now = System.nanoTime();
        if (rejects) {
            of(name).noted(epoch, BreakerState.OPEN, now);
        } else if (breaker.state() == BreakerState.CLOSED) {
            of(name).noted(epoch, BreakerState.CLOSED, now);
        }
    }

    /** Of one circuit; each can be asked for once. */
    static final class Moments {

        private final BlockingQueue<Long> opened = new ArrayBlockingQueue<>(1);
        private final BlockingQueue<Long> closed = new ArrayBlockingQueue<>(1);
        private long epoch;

        /* The same transition may be told twice, and not every one is asked for. */
        private synchronized void noted(long next, BreakerState state, long moment) {
            if (next > epoch) {
                epoch = next;
                BlockingQueue<Long> moments = state == BreakerState.OPEN ? opened : closed;
                moments.clear();
                moments.add(moment);
            }
        }

        String opened() throws InterruptedException {
            return take(opened);
        }

        String closed() throws InterruptedException {
            return take(closed);
        }

        private static String take(BlockingQueue<Long> moments) throws InterruptedException {
            Long moment = moments.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (moment == null) {
                throw new IllegalStateException("No transition within " + PATIENCE_SECONDS + " s");
            }
            return moment.toString();
        }
    }
}
