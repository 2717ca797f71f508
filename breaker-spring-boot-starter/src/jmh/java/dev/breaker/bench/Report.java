package dev.breaker.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Writes the page from what all suites have measured so far. */
final class Report {

    private final RawResults raw;
    private final Page page;

    /**
     * @param module directory of the module that was measured
     */
    Report(Path module, RawResults raw) {
        this.raw = raw;
        this.page = new Page(module.resolve("BENCHMARKS.md"), raw.directory());
    }

    void write(List<Suite> suites) throws IOException {
        page.heading(1, "Benchmarks");
        page.paragraph("Written by `./mvnw -Pbench`; do not edit. What was measured is in `src/jmh/results`.");
        Map<Suite, SortedMap<Integer, Run>> measured = new LinkedHashMap<>();
        for (Suite suite : suites) {
            SortedMap<Integer, Run> runs = raw.read(suite.name());
            if (!runs.isEmpty()) {
                measured.put(suite, runs);
            }
        }
        budgets(measured);
        measured.forEach(this::section);
        page.write();
    }

    private void budgets(Map<Suite, SortedMap<Integer, Run>> measured) {
        SortedSet<Integer> versions = new TreeSet<>();
        measured.values().forEach(runs -> versions.addAll(runs.keySet()));
        Map<List<String>, Map<Integer, String>> verdicts = new LinkedHashMap<>();
        measured.forEach((suite, runs) -> runs.forEach((java, run) -> suite.budgets(run)
                .forEach(budget -> verdicts.computeIfAbsent(
                                List.of(budget.what(), budget.limit()), key -> new LinkedHashMap<>())
                        .put(java, budget.verdict()))));
        List<String> header = new ArrayList<>(List.of("what", "budget"));
        versions.forEach(java -> header.add("JDK " + java));
        List<List<String>> rows = new ArrayList<>();
        verdicts.forEach((budget, found) -> {
            List<String> row = new ArrayList<>(budget);
            versions.forEach(java -> row.add(found.getOrDefault(java, "not measured")));
            rows.add(row);
        });
        page.heading(2, "Budgets");
        page.table(header, rows);
    }

    private void section(Suite suite, SortedMap<Integer, Run> runs) {
        page.heading(2, suite.title());
        suite.describe(runs, page);
        runs.forEach((java, run) -> page.paragraph("JDK " + java + ": " + origin(run)));
    }

    private static String origin(Run run) {
        Machine machine = run.machine();
        return "%s, `%s`, on %s with %d cores and %d GiB, %s, %s."
                .formatted(
                        run.date(),
                        run.command(),
                        machine.cpu(),
                        machine.cores(),
                        machine.memory(),
                        machine.os(),
                        machine.jvm());
    }
}
