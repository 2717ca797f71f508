package dev.breaker.sample.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import redis.embedded.RedisExecProvider;

/** A real Redis on loopback that keeps nothing on disk. */
final class Redis implements Part.Launcher {

    /*
     * The shell becomes Redis, so that the pid is Redis's own. It leaves a watcher behind that waits for the end of the
     * input, a pipe from the process that started it: whatever happens to that one, kill -9 included, the watcher ends
     * Redis and removes its directory.
     */
    private static final String WATCHED = """
            exec 3<&0
            { cat <&3; kill -9 $$; rm -rf "$0"; } >/dev/null 2>&1 &
            exec "$@" 3<&- </dev/null
            """;

    private final int port;

    Redis(int port) {
        this.port = port;
    }

    @Override
    public Process launch() throws IOException {
        File found = find();
        Path directory = Files.createTempDirectory("offers-redis-");
        Path executable = executableIn(directory, found);
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        WATCHED,
                        directory.toString(),
                        executable.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--dir",
                        directory.toString(),
                        "--logfile",
                        "redis.log",
                        "--save",
                        "",
                        "--appendonly",
                        "no")
                .redirectErrorStream(true)
                .start();
    }

    private static Path executableIn(Path directory, File found) throws IOException {
        Path executable = Files.copy(found.toPath(), directory.resolve("redis-server"));
        if (!executable.toFile().setExecutable(true)) {
            throw new IOException(executable + " cannot be made executable");
        }
        Path unpacked = found.toPath().getParent();
        // A relative path is a file of the user's, beside us.
        if (unpacked != null && found.isAbsolute()) {
            Files.delete(found.toPath());
            Files.delete(unpacked);
        }
        return executable;
    }

    private static File find() throws IOException {
        try {
            return RedisExecProvider.defaultProvider().get();
        } catch (RuntimeException e) {
            throw new DemoException("The demo brings no Redis for " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch") + ". Start one of your own, and say where: --redis=localhost:6379"
                    + " (with Maven: -Dspring-boot.run.arguments=--redis=localhost:6379).");
        }
    }
}
