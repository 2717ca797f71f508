package dev.breaker.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures that pages quote are those that were measured, give or take a third: they are rounded, and machines differ. */
class FiguresTest {

    private static final Path README = Pages.ROOT.resolve("README.md");
    private static final Path REDIS = Pages.ROOT.resolve("docs/redis.md");
    private static final Path MEASURED = Path.of("BENCHMARKS.md");
    private static final Pattern FIGURE = Pattern.compile("(?<!\\w)\\d[\\d,.]*");
    private static final Pattern MASTERS =
            Pattern.compile("\\((\\d+) by the model\\), (\\d+) at 2 s, (\\d+) at 10 s and (\\d+) at 60 s");

    private static double number(String text) {
        return Double.parseDouble(text.replace(",", ""));
    }

    private static Stream<List<String>> rows(Path page, String label) {
        return Pages.read(page)
                .lines()
                .filter(line -> line.startsWith("| " + label + " |"))
                .map(line -> List.of(line.split(" *\\| *")));
    }

    private static List<Double> quoted(String label) {
        List<String> row = rows(README, label).findFirst().orElseThrow();
        return FIGURE.matcher(row.get(2) + " | " + row.get(3))
                .results()
                .map(MatchResult::group)
                .map(FiguresTest::number)
                .toList();
    }

    /** What the column says in the first row with that label and a figure there, which is one of Java 17. */
    private static double measured(String label, int column) {
        return rows(MEASURED, label)
                .map(row -> row.get(column).replace("*", ""))
                .filter(cell -> FIGURE.matcher(cell).lookingAt())
                .map(cell -> number(cell.split(" ")[0]))
                .findFirst()
                .orElseThrow();
    }

    private static void agree(double quoted, double measured) {
        assertThat(quoted / measured)
                .as("%s is quoted, and %s was measured", quoted, measured)
                .isBetween(0.75, 1.34);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "annotated call, CLOSED | 0 | annotated call, CLOSED | 2",
                "annotated call, CLOSED | 1 | Resilience4j: annotated call, CLOSED | 2",
                "annotated call, CLOSED | 2 | interceptor that does nothing | 2",
                "OPEN, answered by the fallback | 0 | OPEN with fallback | 2",
                "OPEN, answered by the fallback | 1 | Resilience4j: OPEN with fallback | 2",
                "commands to Redis per circuit and instance, at any call rate | 0 "
                        + "| Redis commands of a healthy circuit on one instance, at any call rate | 3",
                "from a failure until all of five instances reject, 99 % | 0 | 5 instances: all reject | 6",
                "from a failure until all of five instances reject, 99 % | 1 | 5 instances, polling only: all reject |"
                        + " 6"
            })
    void ofTheFirstPageWereMeasured(String label, int figure, String measured, int column) {
        agree(quoted(label).get(figure), measured(measured, column));
    }

    @Test
    void ofTheMastersForAThousandInstancesAreTheModels() {
        MatchResult masters = MASTERS.matcher(Pages.read(REDIS).replaceAll("\\s+", " "))
                .results()
                .findFirst()
                .orElseThrow();
        List<String> intervals = List.of("250 ms", "2 s", "10 s", "60 s");
        for (int i = 0; i < intervals.size(); i++) {
            agree(number(masters.group(i + 1)), measured(intervals.get(i), 3));
        }
    }

    @Test
    void ofTheFaultsAreTheRowsOfTheirTable() {
        long faults = Pages.read(Path.of("RELIABILITY.md"))
                .lines()
                .filter(line -> line.matches("\\|.*`.*`.*\\|"))
                .count();
        assertThat(Pages.read(README)).contains("in " + faults + " kinds of faults");
    }
}
