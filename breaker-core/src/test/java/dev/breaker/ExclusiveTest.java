package dev.breaker;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Changes are linearizable. Effects are quiescently consistent: they run later than their change perhaps, and in another
 * thread, but each once, in the order of the changes, one at a time and never under the lock.
 */
@Param(name = "number", gen = IntGen.class, conf = "1:9")
public class ExclusiveTest extends Exclusive {

    private final List<Integer> changes = new ArrayList<>();
    private final List<Integer> effects = new ArrayList<>();
    private int running;

    @Operation(params = "number")
    public int change(int number) {
        int[] place = new int[1];
        exclusively(() -> place[0] = changed(number));
        return place[0];
    }

    @Operation(params = "number")
    public int changeAgainFromTheEffect(int number) {
        int[] place = new int[1];
        exclusively(() -> {
            place[0] = changed(number);
            effect(() -> exclusively(() -> effect(() -> {})));
        });
        return place[0];
    }

    private int changed(int number) {
        changes.add(number);
        effect(() -> run(number));
        return changes.size();
    }

    private void run(int number) {
        if (Thread.holdsLock(this) || running++ != 0) {
            throw new AssertionError("an effect runs under the lock or at the same time as another");
        }
        effects.add(number);
        running--;
    }

    @Validate
    public void hasRunEachEffectOnceInOrder() {
        if (!effects.equals(changes)) {
            throw new IllegalStateException("changes " + changes + ", effects " + effects);
        }
    }

    @Test
    void runsEachEffectOnceInOrderInChosenSchedules() {
        ModelCheckingOptions options = Schedules.chosen(Sequential.class);
        options.invocationsPerIteration(100).check(getClass());
    }

    @Test
    void runsEachEffectOnceInOrderOnRealThreads() {
        StressOptions options = Schedules.real(Sequential.class);
        options.invocationsPerIteration(500).check(getClass());
    }

    /** Where each change stands among all. */
    public static final class Sequential {

        private int changes;

        public int change(int number) {
            return ++changes;
        }

        public int changeAgainFromTheEffect(int number) {
            return ++changes;
        }
    }
}
