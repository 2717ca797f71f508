package dev.breaker.spring.redis;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;
import redis.embedded.RedisExecProvider;

/**
 * A server as a child of a shell that holds a pipe from this JVM: when the pipe breaks, however the JVM ends, the shell kills
 * the server and removes its files.
 */
final class RedisProcess implements RedisRuntime {

    private static final String WATCHDOG = """
            dir=$1; shift
            exec 3<&0
            "$@" >>"$dir/log" 2>&1 </dev/null 3<&- &
            server=$!
            echo $server
            { read -r never; trap '' TERM; kill -9 $server; rm -rf -- "$dir"; } <&3 >/dev/null 2>&1 &
            wait $server
            kill $! 2>/dev/null
            """;

    private static File executable;

    private final int port;

    private final Path directory;

    private Process watchdog;

    private long server;

    RedisProcess(int port) {
        this.port = port;
        try {
            directory = Files.createTempDirectory("breaker-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A first option that does not begin with two dashes is a configuration file, which has to come first. */
    @Override
    public void start(List<String> options) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", WATCHDOG, "sh", directory.toString()));
        command.add(executable().getPath());
        boolean hasFile = !options.isEmpty() && !options.get(0).startsWith("--");
        command.addAll(options.subList(0, hasFile ? 1 : 0));
        command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", directory.toString()));
        command.addAll(options.subList(hasFile ? 1 : 0, options.size()));
        try {
            watchdog = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new BufferedReader(new InputStreamReader(watchdog.getInputStream(), StandardCharsets.UTF_8));
            server = Long.parseLong(output.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, "" + server)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            await(kill);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void awaitEnd() {
        await(watchdog);
    }

    @Override
    public String describe() {
        return executable().getPath();
    }

    @Override
    public void close() {
        signal("KILL");
        awaitEnd();
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Process process) {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Still running: " + process.info());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The binary, unpacked once per JVM. */
    static synchronized File executable() {
        if (executable == null) {
            String named = System.getProperty("breaker.test.redis", "");
            try {
                executable =
                        named.isEmpty() ? RedisExecProvider.defaultProvider().get() : new File(named);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return executable;
    }
}
