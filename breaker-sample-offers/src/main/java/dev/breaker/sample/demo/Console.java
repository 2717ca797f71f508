package dev.breaker.sample.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;

/** Does what is typed into the demo's terminal. */
final class Console {

    private final List<Part> parts;

    Console(List<Part> parts) {
        this.parts = parts;
    }

    /** Reads commands until there are no more. */
    void run() throws InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        try {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (!line.isBlank()) {
                    System.out.println(answer(line.strip().replaceAll("\\s+", " ")));
                }
            }
        } catch (IOException e) {
            // There is no terminal, and nothing to read.
        }
    }

    private String answer(String line) throws InterruptedException {
        if (line.equals("quit")) {
            System.exit(0);
        }
        if (line.equals("status")) {
            return String.join("\n", parts.stream().map(Part::describe).toList());
        }
        for (Part part : parts) {
            if (line.equals(part.name() + " stop")) {
                part.kill();
                return part.describe();
            }
            if (line.equals(part.name() + " start")) {
                return start(part);
            }
        }
        String names = String.join(", ", parts.stream().map(Part::name).toList());
        return "Unknown: " + line + ". There is: <part> stop, <part> start, status, quit; a part is one of " + names
                + ".";
    }

    private static String start(Part part) throws InterruptedException {
        try {
            part.launch();
            part.awaitListening();
            return part.describe();
        } catch (DemoException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
