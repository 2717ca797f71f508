package dev.breaker;

import dev.breaker.shared.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The outcomes of the last {@code slots * width} nanoseconds, in a ring of slots with running totals. */
final class TimeWindow extends Window {

    private static final int CALLS = 0;
    private static final int FAILURES = 1;
    private static final int SLOW = 2;
    private static final int FIELDS = 3;

    private final int slots;
    private final long width;
    private final int[] ring;
    private long head = Long.MIN_VALUE;

    TimeWindow(int slots, long width) {
        this.slots = slots;
        this.width = width;
        this.ring = new int[slots * FIELDS];
    }

    @Override
    void add(long now, int times, boolean failure, boolean slowCall) {
        slide(now);
        add(head, times, failure ? times : 0, slowCall ? times : 0);
    }

    /* A window by count does not know when. */
    @Override
    void addAll(long now, Window other) {
        if (other instanceof TimeWindow time) {
            time.slices(now).forEach(slice -> add(now, slice));
        } else {
            slide(now);
            add(head, (int) other.calls, (int) other.failures, (int) other.slow);
        }
    }

    /** Adds outcomes of some age; those too old for the window are dropped. */
    void add(long now, Batch.Slice slice) {
        slide(now);
        long slot = Math.floorDiv(now - slice.age().toNanos(), width);
        if (slot > head - slots) {
            add(slot, slice.calls(), slice.failures(), slice.slow());
        }
    }

    private void add(long slot, int moreCalls, int moreFailures, int moreSlow) {
        int at = index(slot);
        ring[at + CALLS] += moreCalls;
        ring[at + FAILURES] += moreFailures;
        ring[at + SLOW] += moreSlow;
        calls += moreCalls;
        failures += moreFailures;
        slow += moreSlow;
    }

    @Override
    void slide(long now) {
        long slot = Math.floorDiv(now, width);
        if (head == Long.MIN_VALUE || slot - head >= slots) {
            clear();
            head = slot;
        }
        while (head < slot) {
            head++;
            int at = index(head);
            calls -= ring[at + CALLS];
            failures -= ring[at + FAILURES];
            slow -= ring[at + SLOW];
            Arrays.fill(ring, at, at + FIELDS, 0);
        }
    }

    @Override
    void clear() {
        Arrays.fill(ring, 0);
        calls = failures = slow = 0;
    }

    /** What the window holds, by age, youngest last. The age is that of a slot's youngest moment. */
    List<Batch.Slice> slices(long now) {
        slide(now);
        List<Batch.Slice> slices = new ArrayList<>();
        for (long slot = head - slots + 1; slot <= head; slot++) {
            int at = index(slot);
            if (ring[at + CALLS] > 0) {
                long age = slot == head ? 0 : now - (slot + 1) * width + 1;
                slices.add(
                        new Batch.Slice(Duration.ofNanos(age), ring[at + CALLS], ring[at + FAILURES], ring[at + SLOW]));
            }
        }
        return slices;
    }

    private int index(long slot) {
        return (int) Math.floorMod(slot, (long) slots) * FIELDS;
    }
}
