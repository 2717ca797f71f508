package dev.breaker.sample.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A part of the demo: a process of its own that listens on a port of this machine, and can be stopped and started again. */
final class Part {

    /** Starts the process behind a part. */
    interface Launcher {
        /** Starts it; it must not outlive this process. */
        Process launch() throws IOException;
    }

    /** How a part is. */
    enum Condition {
        /** There is no process. */
        STOPPED,
        /** There is one that does not listen yet. */
        STARTING,
        /** It listens. */
        UP,
        /** It is there, and does nothing. */
        FROZEN
    }

    private static final long SECONDS_TO_START = 180;
    private static final long SECONDS_TO_STOP = 5;

    private final String name;
    private final int port;
    private final Launcher launcher;
    private final Consumer<String> out;
    private volatile @Nullable Process process;
    private volatile boolean listened;
    private volatile boolean frozen;

    Part(String name, int port, Launcher launcher, Consumer<String> out) {
        this.name = name;
        this.port = port;
        this.launcher = launcher;
        this.out = out;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    Condition condition() {
        if (process == null) {
            return Condition.STOPPED;
        }
        if (frozen) {
            return Condition.FROZEN;
        }
        return listened ? Condition.UP : Condition.STARTING;
    }

    /** What runs where, in one line. */
    String describe() {
        Process running = process;
        String pid = running == null ? "stopped" : "pid " + running.pid() + (frozen ? ", frozen" : "");
        return String.format("%-12s localhost:%-6d %s", name, port, pid);
    }

    /** Starts the process, without waiting until it listens. Does nothing if it runs. */
    synchronized void launch() {
        if (process != null) {
            return;
        }
        Ports.requireFree(port, name);
        try {
            Process started = launcher.launch();
            listened = false;
            frozen = false;
            process = started;
            Thread attendant = new Thread(() -> attend(started), name);
            attendant.setDaemon(true);
            attendant.start();
        } catch (IOException e) {
            throw new DemoException("Cannot start " + name + ": " + e.getMessage());
        }
    }

    /** Waits until the process accepts connections. */
    void awaitListening() throws InterruptedException {
        long start = System.nanoTime();
        while (!isListening()) {
            Process started = process;
            if (started == null || !started.isAlive()) {
                process = null;
                String code = started == null ? "" : " (exit code " + started.exitValue() + ")";
                throw new DemoException("Cannot start " + name + ": it ended at once" + code + ".");
            }
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_TO_START)) {
                throw new DemoException(
                        name + " did not listen on port " + port + " within " + SECONDS_TO_START + " s.");
            }
            Thread.sleep(50);
        }
        listened = true;
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether this machine can freeze a process. */
    static boolean canFreeze() {
        return !System.getProperty("os.name").startsWith("Windows");
    }

    /** Leaves the process alive and lets it do nothing: connections are taken, and nobody answers. */
    synchronized void freeze() throws InterruptedException {
        if (!canFreeze()) {
            throw new DemoException("Freezing is not offered on Windows, which has no kill -STOP.");
        }
        if (condition() != Condition.UP) {
            throw new DemoException("Cannot freeze " + name + ", which is not up.");
        }
        signal("-STOP");
        frozen = true;
    }

    /** Ends what {@link #freeze()} began. Does nothing if it is not frozen. */
    synchronized void thaw() throws InterruptedException {
        if (frozen) {
            signal("-CONT");
            frozen = false;
        }
    }

    private void signal(String signal) throws InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            int code = new ProcessBuilder("kill", signal, String.valueOf(running.pid()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new DemoException("kill " + signal + " " + running.pid() + " (" + name + ") ended with " + code);
            }
        } catch (IOException e) {
            throw new DemoException("Cannot run kill " + signal + ": " + e.getMessage());
        }
    }

    /** Ends the process as {@code kill -9} does. Does nothing if it doesn't run. */
    synchronized void kill() {
        Process running = process;
        process = null;
        frozen = false;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Asks the process to end, and ends it if it doesn't or cannot hear; the future tells when it has. */
    synchronized CompletableFuture<?> stop() {
        Process running = process;
        process = null;
        if (running == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (frozen) {
            return running.destroyForcibly().onExit();
        }
        // Not Process.destroy(), which closes the pipes as well.
        running.toHandle().destroy();
        return running.onExit()
                .completeOnTimeout(running, SECONDS_TO_STOP, TimeUnit.SECONDS)
                .thenCompose(late -> late.destroyForcibly().onExit());
    }

    private void attend(Process started) {
        try (BufferedReader lines = started.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.accept("[" + name + "] " + line);
            }
        } catch (IOException e) {
            // The process is gone, and what it had to say with it.
        }
        try {
            started.waitFor();
            // Ctrl-C ends all parts at once, and none by accident: time enough for this process to end, too.
            Thread.sleep(300);
        } catch (InterruptedException e) {
            return;
        }
        if (process == started) {
            process = null;
            out.accept(name + " (pid " + started.pid() + ") has died. To start it again, type: " + name + " start");
        }
    }
}
