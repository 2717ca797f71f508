package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.faults.FaultRows.Row;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.util.ClassUtils;

class ReliabilityTableTest {

    @Test
    void thePageHasARowForEachTestOfAFaultAndNoOther() throws IOException {
        String page = Files.readString(Path.of("RELIABILITY.md"));
        List<String> tests = typesWithFaults()
                .filter(type -> type != Example.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Fault.class))
                .map(ReliabilityTable::words)
                .toList();
        assertThat(tests).isNotEmpty().allSatisfy(row -> assertThat(page).contains(row));
        assertThat(page.lines().filter(line -> line.matches("\\|.*`.*`.*\\|"))).hasSameSizeAs(tests);
    }

    /* Looks for the annotation before it loads a class: some must not be loaded without what is optional. */
    private static Stream<Class<?>> typesWithFaults() throws IOException {
        MetadataReaderFactory files = new SimpleMetadataReaderFactory();
        List<Class<?>> types = new ArrayList<>();
        for (Resource file :
                new PathMatchingResourcePatternResolver().getResources("classpath*:dev/breaker/spring/**/*.class")) {
            AnnotationMetadata type = files.getMetadataReader(file).getAnnotationMetadata();
            if (type.hasAnnotatedMethods(Fault.class.getName())) {
                types.add(ClassUtils.resolveClassName(type.getClassName(), null));
            }
        }
        return types.stream();
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
