package dev.breaker.bench;

import static dev.breaker.bench.MicroRows.ANNOTATED;
import static dev.breaker.bench.MicroRows.CALL;
import static dev.breaker.bench.MicroRows.INTERCEPTOR;
import static dev.breaker.bench.MicroRows.OPEN;
import static dev.breaker.bench.MicroRows.RESILIENCE4J_ANNOTATED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A short look at what calls cost, for every build: ratios that nothing but a gross mistake exceeds, and garbage, which does
 * not depend on the machine. The budgets themselves are checked by {@link MicroSuite}.
 */
class RegressionIT {

    private static MicroRows rows;

    /*
     * A busy machine must not turn it red: what is measured is compiled before it goes on, however long the compiler waits
     * for a core, and among many short iterations some are not interrupted. Only what is measured: an application that waits
     * for the compilation of all it does takes longer to start than all else.
     *
     * Nor may luck: whether escape analysis removes what Spring's proxy allocates differs from JVM to JVM. Without it, each
     * object is counted that the code creates.
     */
    @BeforeAll
    static void measure() throws Exception {
        ChainedOptionsBuilder options = Jmh.options(40, 40, TimeValue.milliseconds(20))
                .jvmArgsAppend(
                        "-XX:-DoEscapeAnalysis",
                        "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=BackgroundCompilation,dev.breaker.*::*,false",
                        "-XX:CompileCommand=BackgroundCompilation,org.springframework.aop.*::*,false")
                .verbosity(VerboseMode.SILENT);
        Stream.of(INTERCEPTOR, ANNOTATED, OPEN, CALL, RESILIENCE4J_ANNOTATED)
                .forEach(benchmark -> options.include("\\." + benchmark.replace(".", "\\.") + "$"));
        rows = new MicroRows(Jmh.run(options));
    }

    @Test
    void anAnnotatedCallCostsLittleMoreThanItsProxy() {
        assertThat(rows.leastNanos(ANNOTATED) / rows.leastNanos(INTERCEPTOR)).isLessThan(1.8);
    }

    @Test
    void anAnnotatedCallAllocatesNothingOfItsOwn() {
        assertThat(rows.bytes(ANNOTATED, 1) - rows.bytes(INTERCEPTOR, 1)).isZero();
    }

    @Test
    void anAnnotatedCallIsManyTimesFasterThanThatOfResilience4j() {
        assertThat(rows.leastNanos(RESILIENCE4J_ANNOTATED) / rows.leastNanos(ANNOTATED))
                .isGreaterThan(8);
    }

    @Test
    void aFallbackCostsLittleMoreThanTheProxy() {
        assertThat(rows.leastNanos(OPEN) / rows.leastNanos(INTERCEPTOR)).isLessThan(2.5);
    }

    @Test
    void aCallWithoutProxyAllocatesNothing() {
        assertThat(rows.bytes(CALL, 1)).isZero();
    }
}
