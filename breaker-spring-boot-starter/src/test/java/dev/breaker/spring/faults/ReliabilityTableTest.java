package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.breaker.spring.faults.FaultRows.Row;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReliabilityTableTest {

    @Test
    void thePageHasARowForEachTestOfAFaultAndNoOther() throws IOException {
        String page = Files.readString(Path.of("RELIABILITY.md"));
        List<String> tests = new ClassFileImporter()
                .importPackages("dev.breaker.spring").stream()
                        .filter(type -> !type.isEquivalentTo(Example.class))
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.isAnnotatedWith(Fault.class))
                        .map(JavaMethod::reflect)
                        .map(ReliabilityTable::words)
                        .toList();
        assertThat(tests).isNotEmpty().allSatisfy(row -> assertThat(page).contains(row));
        assertThat(page.lines().filter(line -> line.matches("\\|.*`.*`.*\\|"))).hasSameSizeAs(tests);
    }

    @Test
    void aRowSaysWhatEachRunMeasured() throws NoSuchMethodException {
        Method test = Example.class.getDeclaredMethod("survives");
        String page = ReliabilityTable.page(
                List.of(new Row(test, "CLOSED", "slowest call 1 ms"), new Row(test, "OPEN", "2 ms")));
        assertThat(page)
                .contains("## Redis")
                .contains("| on fire | Nothing burns. | `ReliabilityTableTest.Example.survives` | "
                        + "CLOSED: slowest call 1 ms<br>OPEN: 2 ms |");
    }

    static class Example {

        @Fault(of = Fault.Subject.REDIS, what = "on fire", promise = "Nothing burns.")
        void survives() {}
    }
}
