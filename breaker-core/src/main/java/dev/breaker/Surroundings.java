package dev.breaker;

import dev.breaker.shared.SharedStore;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What circuits of one registry have in common.
 *
 * @param random yields numbers from 0 to below 1
 * @param rules what follows from a configuration
 * @param instance identity among those that share the store
 * @param timed whether every call is timed
 * @param sharing how circuits exchange with the store, null without one
 */
record Surroundings(
        Ticker ticker,
        Timers timers,
        ProbeThreads probeThreads,
        DoubleSupplier random,
        CommonRules rules,
        Listeners listeners,
        String instance,
        boolean timed,
        @Nullable SharingSettings sharing) {

    /** With threads of their own, or on the ticker if that is moved by hand. */
    static Surroundings of(BreakerRegistry.Builder settings) {
        ManualTicker manual = settings.ticker instanceof ManualTicker ticker ? ticker : null;
        Timers timers = manual == null ? new DaemonTimers("breaker-timer", false) : manual.timers();
        Timers deliveries = manual == null ? new DaemonTimers("breaker-events", true) : manual.timers();
        Listeners listeners = new Listeners(deliveries);
        settings.listeners.forEach(listeners::add);
        DoubleSupplier random =
                manual == null ? () -> ThreadLocalRandom.current().nextDouble() : new Random(0)::nextDouble;
        SharedStore store = settings.store;
        return new Surroundings(
                settings.ticker,
                timers,
                manual == null ? ProbeThreads.daemons() : ProbeThreads.on(timers),
                random,
                new CommonRules(random),
                listeners,
                settings.instance,
                settings.timed,
                store == null
                        ? null
                        : new SharingSettings(
                                store,
                                settings.syncInterval.toNanos(),
                                settings.pollInterval.toNanos(),
                                new StoreOutage(listeners, settings.ticker, timers, store.describe()),
                                new ExchangeCounts(),
                                new AtomicLong(),
                                new AtomicLong(),
                                settings.eventLoop));
    }

    /** Spreads a duration over plus or minus a tenth, so that instances do not march in step. */
    long jittered(long nanos) {
        return (long) (nanos * (0.9 + 0.2 * random.getAsDouble()));
    }

    /** A random part of a duration. */
    long partOf(long nanos) {
        return (long) (nanos * random.getAsDouble());
    }

    /** Ends all background work. */
    void stop() {
        timers.stop();
        probeThreads.stop();
        listeners.stop();
    }
}
