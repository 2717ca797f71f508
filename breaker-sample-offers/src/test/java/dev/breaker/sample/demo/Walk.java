package dev.breaker.sample.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The steps of {@code docs/demo.md}: each a block of commands, followed by a block of what they answer. */
final class Walk {

    private static final Pattern STEP = Pattern.compile("```sh\\n(curl .*?)```\\n+```text\\n(.*?)```", Pattern.DOTALL);

    private Walk() {}

    /**
     * A step.
     *
     * @param commands command lines of curl
     * @param answer what they print, where {@code ...} stands for anything
     */
    record Step(String commands, String answer) {

        /** Whether this is the answer; how many spaces there are between two words depends on the length of a port. */
        boolean isAnsweredBy(String actual) {
            return pattern().matcher(words(actual)).matches();
        }

        private Pattern pattern() {
            return Pattern.compile(
                    Pattern.compile("\\.\\.\\.")
                            .splitAsStream(words(answer))
                            .map(Pattern::quote)
                            .collect(Collectors.joining(".*", "", words(answer).endsWith("...") ? ".*" : "")),
                    Pattern.DOTALL);
        }

        private static String words(String text) {
            return text.strip().replaceAll(" +", " ");
        }
    }

    static List<Step> steps() {
        Matcher step = STEP.matcher(read(Path.of("..", "docs", "demo.md")));
        List<Step> steps = new ArrayList<>();
        while (step.find()) {
            steps.add(new Step(step.group(1).strip(), step.group(2)));
        }
        return steps;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
