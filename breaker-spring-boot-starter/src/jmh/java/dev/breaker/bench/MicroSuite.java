package dev.breaker.bench;

import static dev.breaker.bench.MicroRows.ANNOTATED;
import static dev.breaker.bench.MicroRows.CALL;
import static dev.breaker.bench.MicroRows.INTERCEPTOR;
import static dev.breaker.bench.MicroRows.OPEN;
import static dev.breaker.bench.MicroRows.OPEN_WITH_CAUSE;
import static dev.breaker.bench.MicroRows.RESILIENCE4J_ANNOTATED;
import static dev.breaker.bench.MicroRows.RESILIENCE4J_CALL;
import static dev.breaker.bench.MicroRows.RESILIENCE4J_OPEN;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.openjdk.jmh.runner.options.TimeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Time and garbage of a call, by one thread and by two. */
final class MicroSuite implements Suite {

    /* Each round measures everything once, so that a disturbance of minutes does not meet one of those compared alone. */
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);

    @Override
    public String name() {
        return "micro";
    }

    @Override
    public String title() {
        return "A call";
    }

    @Override
    public JsonNode measure() throws Exception {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (int round = 0; round < ROUNDS; round++) {
            for (int threads = 1; threads <= 2; threads++) {
                rows.addAll(
                        Jmh.run(Jmh.options(5, 5, TimeValue.milliseconds(300)).threads(threads)));
            }
        }
        return rows;
    }

    @Override
    public List<Budget> budgets(Run run) {
        MicroRows rows = new MicroRows(run.rows());
        double noOp = rows.nanos(INTERCEPTOR, 1);
        List<Budget> budgets = new ArrayList<>();
        budgets.add(
                Budget.atMost("annotated call, CLOSED", rows.nanos(ANNOTATED, 1) / noOp, 1.35, "× no-op interceptor"));
        budgets.add(Budget.atMost(
                "garbage of an annotated call, CLOSED",
                rows.bytes(ANNOTATED, 1) - rows.bytes(INTERCEPTOR, 1),
                0,
                "B more than no-op interceptor"));
        budgets.add(Budget.atLeast(
                "annotated call, CLOSED, against Resilience4j",
                rows.nanos(RESILIENCE4J_ANNOTATED, 1) / rows.nanos(ANNOTATED, 1),
                25,
                "× faster"));
        for (String open : List.of(OPEN, OPEN_WITH_CAUSE)) {
            String what = MicroRows.label(open);
            double nanos = rows.nanos(open, 1);
            budgets.add(Budget.atMost(what, nanos / noOp, 1.5, "× no-op interceptor"));
            budgets.add(Budget.atLeast(
                    what + ", against Resilience4j", rows.nanos(RESILIENCE4J_OPEN, 1) / nanos, 50, "× faster"));
        }
        budgets.add(Budget.atMost("`Breaker.call`, CLOSED", rows.nanos(CALL, 1), 20, "ns"));
        budgets.add(Budget.atLeast(
                "`Breaker.call`, CLOSED, against Resilience4j",
                rows.nanos(RESILIENCE4J_CALL, 1) / rows.nanos(CALL, 1),
                5.25,
                "× faster"));
        for (String call : List.of(ANNOTATED, OPEN, CALL)) {
            budgets.add(Budget.atLeast(
                    MicroRows.label(call) + ", two threads",
                    rows.nanos(call, 1) / rows.nanos(call, 2),
                    0.9,
                    "× throughput per thread of one"));
        }
        return budgets;
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        page.paragraph("""
                One call of a method that returns its argument: median time of %d JVMs, half of the distance between the \
                quartiles behind ±, and the fewest bytes that one of them allocated. All circuits of Breaker are shared through a real Redis on the same \
                machine, those of the others are local, except for the one that asks Redis at each call. Fallbacks of \
                Resilience4j always take the exception.""".formatted(ROUNDS));
        runs.forEach((java, run) -> {
            MicroRows rows = new MicroRows(run.rows());
            page.heading(3, "JDK " + java);
            page.table(MicroRows.HEADER, rows.table());
            page.chart("micro-jdk" + java, rows.chart(java));
        });
    }
}
