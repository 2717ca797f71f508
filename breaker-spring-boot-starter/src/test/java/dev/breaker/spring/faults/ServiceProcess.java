package dev.breaker.spring.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An instance of a service in a process of its own: {@link Service} in a JVM that can be killed, paused and ended. It never
 * outlives this JVM. Not safe for use by many threads.
 */
final class ServiceProcess implements AutoCloseable {

    /* A child of a shell that holds a pipe from this JVM; a paused process could not watch the pipe itself. */
    private static final String WATCHDOG = """
            log=$1; shift
            exec 3<&0
            "$@" >>"$log" 2>&1 </dev/null 3<&- &
            service=$!
            { read -r never; trap '' TERM; kill -9 $service; rm -f -- "$log"; } <&3 >/dev/null 2>&1 &
            wait $service
            status=$?
            kill $! 2>/dev/null
            exit $status
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process watchdog;
    private final Path log;
    private final ServerSocket server;
    private Socket control;
    private BufferedReader answers;
    private PrintWriter orders;
    private long pid;

    private ServiceProcess(List<String> properties) {
        try {
            log = Files.createTempFile("breaker-service", ".log");
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            server.setSoTimeout(500);
            watchdog = new ProcessBuilder(command(properties))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to start an instance; {@link #awaitStarted} waits for it, so that several can start at the same time. */
    static ServiceProcess launch(String... properties) {
        return new ServiceProcess(List.of(properties));
    }

    private List<String> command(List<String> properties) {
        return Stream.of(
                        List.of("sh", "-c", WATCHDOG, "sh", log.toString()),
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"),
                        List.of("-cp", System.getProperty("java.class.path"), Service.class.getName()),
                        List.of("" + server.getLocalPort()),
                        properties.stream().map("--"::concat).toList())
                .flatMap(List::stream)
                .toList();
    }

    /** Waits until the application is ready. */
    ServiceProcess awaitStarted() {
        try {
            control = accepted();
            control.setSoTimeout((int) PATIENCE.toMillis());
            answers = new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.UTF_8));
            orders = new PrintWriter(control.getOutputStream(), true, StandardCharsets.UTF_8);
            pid = Long.parseLong(answers.readLine());
            return this;
        } catch (IOException e) {
            String written = log();
            close();
            throw new UncheckedIOException("The service did not start: " + written, e);
        }
    }

    private Socket accepted() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return server.accept();
            } catch (SocketTimeoutException notYet) {
                if (!isAlive() || System.nanoTime() - end > 0) {
                    throw notYet;
                }
            }
        }
    }

    /** Makes calls that succeed; returns how many were let through. */
    int call(String circuit, int times) {
        return Integer.parseInt(ask("call", circuit, "" + times));
    }

    /** Makes calls that fail; returns how many were let through. */
    int fail(String circuit, int times) {
        return Integer.parseInt(ask("fail", circuit, "" + times));
    }

    /** Asks for a permit, and holds it. */
    boolean acquire(String circuit) {
        return Boolean.parseBoolean(ask("acquire", circuit));
    }

    /** Completes all permits that are held, and says how many there were. */
    int complete(boolean success) {
        return Integer.parseInt(ask("complete", success ? "success" : "failure"));
    }

    CircuitView view(String circuit) {
        return CircuitView.parse(ask("view", circuit));
    }

    /** The transitions seen, such as {@code CLOSED>OPEN}, with an exclamation mark if this instance announced it. */
    List<String> transitions(String circuit) {
        return Stream.of(ask("transitions", circuit).split(" ", -1))
                .filter(transition -> !transition.isEmpty())
                .toList();
    }

    /** How often a health probe has asked the partner, which does not answer yet. */
    int checks() {
        return Integer.parseInt(ask("checks"));
    }

    /** Lets the partner answer health probes. */
    void answerChecks() {
        ask("answer");
    }

    long pid() {
        return pid;
    }

    boolean isAlive() {
        return watchdog.isAlive();
    }

    /** Ends the process as a crash does. */
    void kill() {
        signal("KILL");
        awaitEnd();
    }

    /** Asks the process to end as a platform does when it scales down, and does not wait. */
    void terminate() {
        signal("TERM");
    }

    /** Stops the process in the middle of whatever it does, as a very long garbage collection or a frozen machine would. */
    void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on. */
    void resume() {
        signal("CONT");
    }

    /** Waits for the end, and returns the exit status: 128 and the number of the signal. */
    int awaitEnd() {
        try {
            if (!watchdog.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Still running: " + log());
            }
            return watchdog.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the process has written. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            watchdog.getOutputStream().close();
            awaitEnd();
            server.close();
            if (control != null) {
                control.close();
            }
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String ask(String... order) {
        orders.println(String.join(" ", order));
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("The service is gone: " + log());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from the service: " + log(), e);
        }
    }

    private void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, "" + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("No process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
