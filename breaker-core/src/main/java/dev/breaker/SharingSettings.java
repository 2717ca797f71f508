package dev.breaker;

import dev.breaker.shared.SharedStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * How a registry's circuits exchange with the store. Durations in nanoseconds. The numbers of the last batch and the last
 * lease are common to all circuits, so that one that is created anew does not begin with numbers that the store has seen.
 *
 * @param eventLoop whether the calling thread must never wait
 */
record SharingSettings(
        SharedStore store,
        long syncInterval,
        long pollInterval,
        StoreOutage outage,
        ExchangeCounts exchanges,
        AtomicLong batches,
        AtomicLong leases,
        BooleanSupplier eventLoop) {

    /** A name that no lease of the holder has had, not even for an earlier circuit of the same name. */
    String newLease(String holder) {
        return holder + leases.incrementAndGet();
    }
}
