package dev.breaker;

import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Several threads complete the permits of the same probes. That is quiescently consistent: whoever comes second returns at
 * once, perhaps before the first is counted; but when all is quiet each permit was counted once, as one of the outcomes it was
 * completed with.
 */
@Param(name = "slot", gen = IntGen.class, conf = "0:1")
public class RacingCompletionsTest {

    private static final class Slot {
        private final Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        private @Nullable Permit permit;
    }

    private static final int OPENED_IT = 1;

    private final List<Slot> slots = List.of(new Slot(), new Slot());
    /* A stay that two probes cannot decide. */
    private final LocalCircuit circuit =
            new LocalCircuit(LocalCircuit.fragile().permittedNumberOfCallsInHalfOpenState(8));

    public RacingCompletionsTest() {
        circuit.fails(1).afterSeconds(30);
    }

    private Permit permit(int number, Outcome outcome) {
        Slot slot = slots.get(number);
        synchronized (slot) {
            if (slot.permit == null) {
                slot.permit = circuit.breaker.tryAcquire();
            }
            slot.outcomes.add(outcome);
            return Objects.requireNonNull(slot.permit);
        }
    }

    @Operation(params = "slot")
    public void success(int slot) {
        permit(slot, Outcome.SUCCESS).success(0);
    }

    @Operation(params = "slot")
    public void failure(int slot) {
        permit(slot, Outcome.FAILURE).failure(new IOException("down"), 0);
    }

    @Operation(params = "slot")
    public void ignore(int slot) {
        permit(slot, Outcome.IGNORED).ignore();
    }

    @Validate
    public void hasCountedEachPermitOnce() {
        BreakerSnapshot.Counts counts = circuit.counts();
        BreakerTotals totals = circuit.breaker.totals();
        boolean right = isBetween(counts.calls(), EnumSet.of(Outcome.SUCCESS, Outcome.FAILURE))
                && isBetween(counts.failures(), EnumSet.of(Outcome.FAILURE))
                && isBetween(totals.ignored(), EnumSet.of(Outcome.IGNORED))
                && totals.successes() == counts.calls() - counts.failures()
                && totals.failures() == OPENED_IT + counts.failures();
        if (!right) {
            throw new IllegalStateException(
                    counts + ", " + totals + " after " + slots.get(0).outcomes + " and " + slots.get(1).outcomes);
        }
    }

    /* Those completed with nothing else, and at most those completed so among others. */
    private boolean isBetween(long count, Set<Outcome> which) {
        int sure = 0;
        int possible = 0;
        for (Slot slot : slots) {
            boolean completed = !slot.outcomes.isEmpty();
            sure += completed && which.containsAll(slot.outcomes) ? 1 : 0;
            possible += completed && !Collections.disjoint(slot.outcomes, which) ? 1 : 0;
        }
        return sure <= count && count <= possible;
    }

    @Test
    void countsEachPermitOnceInChosenSchedules() {
        Schedules.chosen(Sequential.class).actorsBefore(1).check(getClass());
    }

    @Test
    void countsEachPermitOnceOnRealThreads() {
        Schedules.real(Sequential.class).actorsBefore(1).check(getClass());
    }

    /** Nothing is answered. */
    public static final class Sequential {

        public void success(int slot) {}

        public void failure(int slot) {}

        public void ignore(int slot) {}
    }
}
