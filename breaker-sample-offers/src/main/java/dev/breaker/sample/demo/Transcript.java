package dev.breaker.sample.demo;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the terminal shows, and the last of it once more for the page. Safe for use by several threads. */
final class Transcript {

    private static final int KEPT = 200;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final Deque<Line> lines = new ArrayDeque<>();
    private long number;

    /**
     * A line.
     *
     * @param number counts from 1
     * @param time when it was said, hours to seconds
     * @param text what was said
     */
    record Line(long number, String time, String text) {}

    /** Keeps a line and prints it; a terminal that is held up holds up nobody else. */
    void say(String text) {
        keep(text);
        System.out.println(text);
    }

    private synchronized void keep(String text) {
        lines.addLast(new Line(++number, LocalTime.now(ZoneId.systemDefault()).format(TIME), text));
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
    }

    /** The lines after one, by its number; all that are kept after 0. */
    synchronized List<Line> after(long number) {
        return lines.stream().filter(line -> line.number() > number).toList();
    }
}
