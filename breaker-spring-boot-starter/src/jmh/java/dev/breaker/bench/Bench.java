package dev.breaker.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Runs suites and writes the page. */
final class Bench {

    private static final List<Suite> SUITES =
            List.of(new MicroSuite(), new MemorySuite(), new StartupSuite(), new RedisSuite(), new ReactionSuite());

    private Bench() {}

    /**
     * Measures, and writes the page.
     *
     * @param args the directory of the module, and the name of a suite; {@code all} for all of them, {@code report} for none
     */
    public static void main(String[] args) throws Exception {
        Path module = Path.of(args[0]);
        RawResults raw = new RawResults(module.resolve("src/jmh/results"));
        for (Suite suite : chosen(args[1])) {
            raw.write(suite.name(), run(suite));
        }
        new Report(module, raw).write(SUITES);
    }

    private static List<Suite> chosen(String name) {
        List<Suite> chosen = SUITES.stream()
                .filter(suite -> name.equals("all") || name.equals(suite.name()))
                .toList();
        if (chosen.isEmpty() && !name.equals("report")) {
            throw new IllegalArgumentException("Invalid suite (" + name + "): must be all, report or one of "
                    + SUITES.stream().map(Suite::name).toList() + ".");
        }
        return chosen;
    }

    private static Run run(Suite suite) throws Exception {
        return new Run(
                Machine.here(),
                LocalDate.now(ZoneOffset.UTC).toString(),
                "./mvnw -Pbench -Dbench=" + suite.name(),
                Runtime.version().feature(),
                suite.measure());
    }
}
