package dev.breaker.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Runs a main class in a JVM of its own, the same as this one. */
final class OwnJvm {

    private OwnJvm() {}

    /**
     * Waits for the end of the program.
     *
     * @param options of the JVM, the class path among them
     * @return the last line that it printed
     * @throws IllegalStateException if it fails, with all that it printed
     */
    static String lastLine(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(main.getSimpleName() + " failed: " + output);
        }
        return output.strip().lines().reduce("", (first, second) -> second);
    }

    static List<String> classPath(Collection<String> entries) {
        return List.of("-classpath", String.join(System.getProperty("path.separator"), entries));
    }

    static List<String> ownClassPath() {
        return List.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1));
    }
}
