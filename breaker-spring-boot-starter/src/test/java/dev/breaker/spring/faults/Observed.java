package dev.breaker.spring.faults;

import java.util.ArrayList;
import java.util.List;

/** What a test of a fault measured, for its row in RELIABILITY.md. Safe for use by several threads. */
public final class Observed {

    private final List<String> facts = new ArrayList<>();

    /**
     * Adds a fact to the row.
     *
     * @param what the quantity, such as {@code slowest call}
     * @param value with its unit, such as {@code 0.4 ms}
     */
    public synchronized Observed note(String what, Object value) {
        facts.add(what + " " + value);
        return this;
    }

    synchronized String text() {
        return String.join(", ", facts);
    }
}
