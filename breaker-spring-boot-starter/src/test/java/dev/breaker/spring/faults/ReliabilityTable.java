package dev.breaker.spring.faults;

import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.faults.FaultRows.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes RELIABILITY.md when the tests have run, if the system property {@code breaker.reliability.table} names the file. The
 * words come from the tests' annotations, the figures from what they observed.
 */
public final class ReliabilityTable implements TestExecutionListener {

    private static final String PROPERTY = "breaker.reliability.table";

    private static final String HEAD = """
            # What happens when something fails

            Each row is a test that brings the fault about with real servers and checks the promise; the last column is what it
            measured on the way. This page is written by

            ```sh
            ./mvnw -Preliability
            ```

            and never by hand. That takes an hour and five minutes, the hour being traffic of every kind;
            `-Dfaults.minutes=0.5` shortens it. The same tests run, with a tenth of a minute, whenever all tests do.

            Measured on %s, %s %s, %d processors, Java %s.
            """;

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String file = System.getProperty(PROPERTY, "");
        if (!file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), page(FaultRows.passed()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static String page(List<Row> rows) {
        StringBuilder page = new StringBuilder(HEAD.formatted(
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version")));
        Map<Subject, Map<Method, List<Row>>> subjects = rows.stream()
                .collect(Collectors.groupingBy(
                        row -> fault(row.test()).of(),
                        TreeMap::new,
                        Collectors.groupingBy(Row::test, LinkedHashMap::new, Collectors.toList())));
        subjects.forEach((subject, tests) -> {
            page.append("\n## ").append(subject.title()).append("\n\n");
            page.append("| fault | promise | test | measured |\n|---|---|---|---|\n");
            tests.entrySet().stream()
                    .sorted(Comparator.comparing(test -> fault(test.getKey()).what()))
                    .forEach(test -> page.append(words(test.getKey()))
                            .append(measured(test.getValue()))
                            .append(" |\n"));
        });
        return page.toString();
    }

    /** The beginning of a test's row: all but what it measured. */
    static String words(Method test) {
        Fault fault = fault(test);
        return "| %s | %s | `%s` | ".formatted(fault.what(), fault.promise(), name(test));
    }

    private static String name(Method test) {
        String type = test.getDeclaringClass().getName();
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + test.getName();
    }

    private static String measured(List<Row> runs) {
        return runs.stream()
                .filter(run -> !run.measured().isEmpty())
                .map(run -> run.invocation().isEmpty() ? run.measured() : run.invocation() + ": " + run.measured())
                .collect(Collectors.joining("<br>"));
    }

    private static Fault fault(Method test) {
        return test.getAnnotation(Fault.class);
    }
}
