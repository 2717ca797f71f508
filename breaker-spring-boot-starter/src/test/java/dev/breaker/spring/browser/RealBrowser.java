package dev.breaker.spring.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium for tests; {@link Chromium} says which. It ends when this JVM does, however that ends, because it listens
 * to its pipes.
 */
public final class RealBrowser implements AutoCloseable {

    private static final List<String> FLAGS = List.of(
            "--headless",
            "--remote-debugging-pipe",
            "--no-sandbox",
            "--no-zygote",
            "--no-first-run",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--font-render-hinting=none",
            "--hide-scrollbars");

    /* The pipes that the browser expects at 3 and 4 are the only ones that Java has. */
    private static final String PIPES = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2";

    private final Path profile;
    private final Process process;
    private final DevTools devTools;

    private RealBrowser(Path profile, Process process) {
        this.profile = profile;
        this.process = process;
        this.devTools = new DevTools(process.getInputStream(), process.getOutputStream());
    }

    /**
     * Starts the browser.
     *
     * @throws IllegalStateException that says what to install if there is none
     */
    public static RealBrowser start() {
        try {
            Path profile = Files.createTempDirectory("breaker-browser");
            List<String> command =
                    new ArrayList<>(List.of("sh", "-c", PIPES, Chromium.find().toString()));
            command.addAll(FLAGS);
            command.add("--user-data-dir=" + profile);
            Process process = new ProcessBuilder(command)
                    .redirectError(
                            ProcessBuilder.Redirect.to(profile.resolve("log").toFile()))
                    .start();
            return new RealBrowser(profile, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One for all tests of this JVM, which nobody need close. */
    public static RealBrowser shared() {
        return Shared.BROWSER;
    }

    private static final class Shared {

        private static final RealBrowser BROWSER = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(BROWSER::close));
        }
    }

    /** A new tab that shares nothing with others. */
    public Tab tab() {
        String context = devTools.send("", "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .asString();
        String target = devTools.send(
                        "", "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
                .get("targetId")
                .asString();
        String session = devTools.send("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
        return new Tab(devTools, session);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
        try {
            FileSystemUtils.deleteRecursively(profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
