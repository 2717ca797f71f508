package dev.breaker;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStoreListener;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a registry's circuits in step with time and with the store: a tick every 100 ms, or every synchronisation interval if
 * that is shorter, and in between what the store says of other instances. Nothing reaches a circuit from here once it is closed.
 */
final class Upkeep implements SharedStoreListener {

    private static final Logger log = LoggerFactory.getLogger(BreakerRegistry.class);
    private static final long FLUSH_MILLIS = 500;
    private static final long LONGEST_TICK = Duration.ofMillis(100).toNanos();

    private final Surroundings surroundings;
    private final Map<String, Breaker> breakers;
    private final Map<String, KeyedBreakers> families;
    private final Presence presence;
    private final long tickNanos;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param breakers all circuits at any moment
     * @param families those that have keys
     */
    Upkeep(
            Surroundings surroundings,
            Map<String, Breaker> breakers,
            Map<String, KeyedBreakers> families,
            Duration syncInterval) {
        this.surroundings = surroundings;
        this.breakers = breakers;
        this.families = families;
        this.presence = new Presence(surroundings, breakers);
        this.tickNanos = tickNanos(syncInterval.toNanos());
    }

    /** Time from one tick to the next with a synchronisation interval, in nanoseconds. */
    static long tickNanos(long syncInterval) {
        return Math.min(LONGEST_TICK, syncInterval);
    }

    void start() {
        surroundings.timers().after(tickNanos, this::tick);
        SharingSettings sharing = surroundings.sharing();
        if (sharing != null) {
            sharing.store().subscribe(this);
        }
    }

    /** Who else is there. */
    Presence presence() {
        return presence;
    }

    /** A new circuit learns at once what the cluster knows of it. */
    void started(Circuit circuit) {
        if (!closed.get()) {
            surroundings.timers().soon(circuit::urge);
        }
    }

    private Stream<Circuit> circuits() {
        return breakers.values().stream().map(Breaker::circuit);
    }

    private void tick() {
        try {
            circuits().forEach(Upkeep::tick);
            families.values()
                    .forEach(family -> family.sweep(surroundings.ticker().read()));
            presence.tick();
        } finally {
            if (!closed.get()) {
                surroundings.timers().after(tickNanos, this::tick);
            }
        }
    }

    /* One circuit's trouble is not the others'. */
    private static void tick(Circuit circuit) {
        try {
            circuit.tick();
        } catch (RuntimeException | Error fault) {
            log.error("{} could not be brought up to date", circuit, fault);
        }
    }

    @Override
    public void stateChanged(String breaker, SharedState state) {
        known(breaker).ifPresent(known -> known.circuit().heard(state));
    }

    @Override
    public void overrideChanged(String breaker, SharedOverride override) {
        known(breaker).ifPresent(known -> known.circuit().overrides().heard(override));
    }

    private Optional<Breaker> known(String breaker) {
        return closed.get() ? Optional.empty() : Optional.ofNullable(breakers.get(breaker));
    }

    @Override
    public void subscribed() {
        if (!closed.get()) {
            surroundings.timers().soon(() -> circuits().forEach(Circuit::urge));
        }
    }

    /** Sends what the store has not been told yet, as far as that can be done in half a second. Idempotent; all callers wait for it. */
    synchronized void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<?> flushed =
                CompletableFuture.allOf(circuits().map(Circuit::close).toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.allOf(flushed, presence.leave()).get(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            if (!flushed.isDone()) {
                log.warn("The last counts of some circuit breakers did not reach the store in {} ms", FLUSH_MILLIS);
            }
        } catch (ExecutionException fault) {
            log.warn("The last counts of some circuit breakers did not reach the store", fault);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        surroundings.stop();
    }
}
