package dev.breaker.spring.combining;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page on combining annotations shows code that the tests here run. */
class DocumentedCodeTest {

    private static final Path PAGE = Path.of("../docs/combining.md");
    private static final Path TESTS = Path.of("src/test/java/dev/breaker/spring/combining");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    private static List<String> blocks(Pattern language) throws IOException {
        return language.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    static Stream<String> code() throws IOException {
        return blocks(JAVA).stream().map(DocumentedCodeTest::compact);
    }

    static Stream<String> settings() throws IOException {
        return blocks(YAML).stream().map(block -> compact(block).replace(":", "="));
    }

    private static String compact(String text) {
        return text.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s", "");
    }

    private static List<String> tests() throws IOException {
        try (Stream<Path> files = Files.list(TESTS)) {
            return files.map(DocumentedCodeTest::read).toList();
        }
    }

    private static String read(Path file) {
        try {
            return compact(Files.readString(file));
        } catch (IOException unreadable) {
            throw new IllegalStateException("Cannot read " + file, unreadable);
        }
    }

    @ParameterizedTest
    @MethodSource("code")
    void everyMethodOnThePageIsTested(String code) throws IOException {
        assertThat(tests()).anyMatch(test -> test.contains(code));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingOnThePageIsTested(String setting) throws IOException {
        assertThat(tests()).anyMatch(test -> test.contains('"' + setting + '"'));
    }
}
