package dev.breaker.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.openjdk.jmh.runner.options.TimeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Time and garbage of a call. */
final class MicroSuite implements Suite {

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
        for (int threads = 1; threads <= 2; threads++) {
            rows.addAll(Jmh.run(Jmh.options(3, 3, TimeValue.milliseconds(500)).threads(threads)));
        }
        return rows;
    }

    @Override
    public List<Budget> budgets(Run run) {
        return List.of();
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        runs.forEach((java, run) -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode row : run.rows()) {
                String label = row.get("benchmark").asString();
                rows.add(List.of(
                        label.substring(label.indexOf("bench.") + 6),
                        row.get("threads").asString(),
                        Numbers.text(row.at("/primaryMetric/score").asDouble()),
                        Numbers.text(row.at("/secondaryMetrics/gc.alloc.rate.norm/score")
                                .asDouble())));
            }
            page.heading(3, "JDK " + java);
            page.table(List.of("call", "threads", "ns", "B"), rows);
        });
    }
}
