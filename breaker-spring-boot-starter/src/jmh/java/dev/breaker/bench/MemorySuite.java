package dev.breaker.bench;

import dev.breaker.bench.BarChart.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a circuit breaker retains. */
final class MemorySuite implements Suite {

    /* What JOL needs to look into records, and to see how counters are kept apart from each other. */
    private static final List<String> JOL = List.of(
            "-Djol.magicFieldOffset=true",
            "-Djol.skipHotspotSAAttach=true",
            "-Djdk.attach.allowAttachSelf=true",
            "--add-exports",
            "java.base/jdk.internal.vm.annotation=ALL-UNNAMED");

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "Memory";
    }

    @Override
    public JsonNode measure() throws Exception {
        List<String> options = new ArrayList<>(JOL);
        options.addAll(OwnJvm.classPath(OwnJvm.ownClassPath()));
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (Subject subject : Subject.values()) {
            String[] bytes =
                    OwnJvm.lastLine(options, Footprint.class, subject.name()).split(" ", 2);
            rows.addObject()
                    .put("subject", subject.name())
                    .put("idle", Long.parseLong(bytes[0]))
                    .put("used", Long.parseLong(bytes[1]));
        }
        return rows;
    }

    @Override
    public List<Budget> budgets(Run run) {
        List<Budget> budgets = new ArrayList<>();
        for (JsonNode row : run.rows()) {
            Subject subject = subject(row);
            if (subject.ours) {
                boolean timeBased = subject == Subject.TIME || subject == Subject.TIME_SHARED;
                double limit = timeBased ? 2048 : 1536;
                budgets.add(Budget.atMost(
                        "retained, " + subject.label, row.get("idle").asDouble(), limit, "B"));
                budgets.add(Budget.atMost(
                        "retained after traffic, " + subject.label,
                        row.get("used").asDouble(),
                        limit,
                        "B"));
            }
        }
        return budgets;
    }

    private static Subject subject(JsonNode row) {
        return Subject.valueOf(row.get("subject").asString());
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        page.paragraph("""
                Bytes that one more circuit breaker of a registry retains, as JOL counts them: idle, and after 400,000 calls \
                by 8 threads. Counters that threads contend for have cells of their own then, at most as many as there are \
                cores. What a shared circuit has in Redis is not among it.""");
        runs.forEach((java, run) -> {
            List<List<String>> table = new ArrayList<>();
            List<Group> groups = new ArrayList<>();
            for (JsonNode row : run.rows()) {
                double idle = row.get("idle").asDouble();
                double used = row.get("used").asDouble();
                Subject subject = subject(row);
                table.add(List.of(subject.label, Numbers.text(idle), Numbers.text(used)));
                groups.add(new Group(subject.label, subject.ours, List.of(idle, used)));
            }
            page.heading(3, "JDK " + java);
            page.table(List.of("circuit breaker", "B, idle", "B, after traffic"), table);
            page.chart(
                    "memory-jdk" + java,
                    new BarChart(
                            "Memory of a circuit breaker on JDK " + java + ", logarithmic",
                            "B",
                            List.of("idle", "after traffic"),
                            groups));
        });
    }
}
