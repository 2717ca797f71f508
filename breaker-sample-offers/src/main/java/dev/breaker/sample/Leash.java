package dev.breaker.sample;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Ends this process with the one that started it, however that one ended: its death closes the pipe that is this process's
 * standard input. Only where {@code -Dsample.leash=true} asks for it.
 */
final class Leash {

    private Leash() {}

    static void fasten() {
        if (Boolean.getBoolean("sample.leash")) {
            Thread thread = new Thread(Leash::haltAtEndOfInput, "leash");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void haltAtEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe is an end like any other.
        }
        Runtime.getRuntime().halt(0);
    }
}
