package dev.breaker;

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.util.LoggingLevel;

/**
 * How hard Lincheck looks for an order of operations that the sequential specification does not know.
 * {@code -Dbreaker.lincheck.effort=50} looks fifty times as long.
 */
final class Schedules {

    private static final int EFFORT = Integer.getInteger("breaker.lincheck.effort", 1);

    private Schedules() {}

    /** Two threads, switched where Lincheck says; a failure comes with its schedule, step by step. */
    static ModelCheckingOptions chosen(Class<?> specification) {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .iterations(3 * EFFORT)
                .invocationsPerIteration(50 * EFFORT)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(4)
                .actorsAfter(2)
                .sequentialSpecification(specification)
                .addGuarantee(untouched(WaitSchedule.class, "nanos"))
                .addGuarantee(untouched(Circuit.class, "jittered"));
        return patient(options);
    }

    /** Real threads, as the machine switches them. */
    static StressOptions real(Class<?> specification) {
        StressOptions options = new StressOptions()
                .iterations(4 * EFFORT)
                .invocationsPerIteration(200 * EFFORT)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(4)
                .actorsAfter(2)
                .sequentialSpecification(specification);
        return patient(options);
    }

    /* A busy machine is no deadlock. */
    private static <O extends Options<O, ?>> O patient(O options) {
        return options.invocationTimeout$lincheck(60_000).logLevel(LoggingLevel.OFF);
    }

    /* Lincheck 3.7 fails on java.util.Random, which waits and jitter are drawn from. */
    private static ManagedStrategyGuarantee untouched(Class<?> type, String method) {
        return ManagedStrategyGuaranteeKt.forClasses(type.getName())
                .methods(method)
                .ignore();
    }
}
