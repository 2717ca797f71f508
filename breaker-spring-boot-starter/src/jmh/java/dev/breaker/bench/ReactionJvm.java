package dev.breaker.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A JVM with one instance, and the conversation with it. */
final class ReactionJvm implements AutoCloseable {

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    private ReactionJvm(Process process) {
        this.process = process;
        this.orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts one as small as can be, as there are many on one machine; {@link #answer} then tells when it is ready. */
    static ReactionJvm start(int port, int circuits) throws IOException {
        return new ReactionJvm(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dlogback.statusListenerClass=" + Jmh.SILENT,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReactionInstance.class.getName(),
                        "" + port,
                        "" + circuits)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    void order(String what, String breaker) throws IOException {
        orders.write(what + " " + breaker + "\n");
        orders.flush();
    }

    /** Waits for the answer to the next order. */
    String answer() throws IOException {
        for (String line; (line = answers.readLine()) != null; ) {
            if (line.startsWith(ReactionInstance.MARK)) {
                return line.substring(ReactionInstance.MARK.length());
            }
        }
        throw new IOException("An instance has ended: " + process.info());
    }

    String ask(String what, String breaker) throws IOException {
        order(what, breaker);
        return answer();
    }

    @Override
    public void close() throws IOException {
        orders.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
