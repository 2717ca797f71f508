package dev.breaker.spring.browser;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Finds the browser for tests: the binary named by the system property {@code breaker.test.chromium}; else a Chromium or Chrome
 * on the {@code PATH}; else, on Linux with an Intel processor and with npm, the one in the package {@code @sparticuz/chromium},
 * which is installed once into the user's cache. Which versions, and what they must hash to, says {@code package-lock.json}.
 */
final class Chromium {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
    private static final String PACKAGE = "chromium-153.0.0";
    private static final String UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";

    private Chromium() {}

    /** @throws IllegalStateException that says what to install if there is none */
    static Path find() {
        String named = System.getProperty("breaker.test.chromium", "");
        if (!named.isEmpty()) {
            return executable(Path.of(named))
                    .orElseThrow(() -> new IllegalStateException(
                            "Invalid breaker.test.chromium (" + named + "): no such binary."));
        }
        return NAMES.stream().flatMap(name -> onPath(name).stream()).findFirst().orElseGet(Chromium::installed);
    }

    private static Optional<Path> onPath(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(directory -> executable(Path.of(directory, name)).stream())
                .findFirst();
    }

    private static Optional<Path> executable(Path file) {
        return Optional.of(file).filter(path -> Files.isRegularFile(path) && Files.isExecutable(path));
    }

    private static Path installed() {
        Path home = Path.of(System.getProperty("user.home"), ".cache", "breaker-tests", PACKAGE);
        Path binary = home.resolve("unpacked").resolve("chromium");
        if (!Files.exists(binary)) {
            install(home);
        }
        return binary;
    }

    private static void install(Path home) {
        boolean suits = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        if (!suits || onPath("npm").isEmpty() || onPath("node").isEmpty()) {
            throw new IllegalStateException(
                    "There is no browser for the tests: install Chromium or Chrome (Debian: apt-get"
                            + " install chromium), or on Linux with an Intel processor Node.js and npm, with which the tests get one; or"
                            + " name a binary with -Dbreaker.test.chromium=<path>.");
        }
        try {
            Files.createDirectories(home.getParent());
            Path fresh = Files.createTempDirectory(home.getParent(), PACKAGE);
            for (String file : List.of("package.json", "package-lock.json")) {
                try (InputStream in = Chromium.class.getResourceAsStream("/chromium/" + file)) {
                    Files.copy(Objects.requireNonNull(in, file), fresh.resolve(file));
                }
            }
            run(fresh, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            run(fresh, "node", "--input-type=module", "--eval", UNPACK);
            putInPlace(fresh, home);
        } catch (IOException e) {
            throw new IllegalStateException("The browser for the tests could not be installed in " + home, e);
        }
    }

    /* Tests in several JVMs may want it at the same time: the first one's stays. */
    private static void putInPlace(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
            FileSystemUtils.deleteRecursively(fresh);
        }
    }

    /* The package unpacks into the directory for temporary files. */
    private static void run(Path directory, String... command) throws IOException {
        Path unpacked = Files.createDirectories(directory.resolve("unpacked"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("TMPDIR", unpacked.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code + ": " + output);
        }
    }
}
