package dev.breaker.sample.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;

/** Reads what is typed into the demo's terminal. */
final class Console {

    private final Commands commands;
    private final Transcript transcript;

    Console(Commands commands, Transcript transcript) {
        this.commands = commands;
        this.transcript = transcript;
    }

    /** Reads commands until there are no more. */
    void run() throws InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        try {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (!line.isBlank()) {
                    run(line.strip());
                }
            }
        } catch (IOException e) {
            // There is no terminal, and nothing to read.
        }
    }

    private void run(String line) throws InterruptedException {
        if (line.equals("quit")) {
            System.exit(0);
        }
        try {
            commands.run(line);
        } catch (DemoException e) {
            transcript.say(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            transcript.say("Cannot do " + line + ": " + e);
        }
    }
}
