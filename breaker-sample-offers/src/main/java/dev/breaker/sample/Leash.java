package dev.breaker.sample;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Ends this process with the one that started it, however that one ended. {@code -Dsample.leash} says how to tell:
 * {@code input} waits for the end of the standard input, a pipe that the death of the other closes; {@code parent}, for a
 * terminal's input, watches the parent process. Without it nothing is watched.
 */
final class Leash {

    private Leash() {}

    static void fasten() {
        switch (System.getProperty("sample.leash", "none")) {
            case "input" -> watchInput();
            case "parent" -> ProcessHandle.current().parent().ifPresent(Leash::watch);
            default -> {}
        }
    }

    private static void watchInput() {
        Thread thread = new Thread(Leash::haltAtEndOfInput, "leash");
        thread.setDaemon(true);
        thread.start();
    }

    private static void haltAtEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe is an end like any other.
        }
        Runtime.getRuntime().halt(0);
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private static void watch(ProcessHandle parent) {
        parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0));
    }
}
