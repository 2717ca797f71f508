package dev.breaker.shared;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one instance tells the others of itself: that it is alive, and how it stands with its circuits.
 *
 * @param instance its identity, 1 to 200 characters
 * @param age how long ago it said so, by the store's time; zero in what is told
 * @param lines its circuits, in no particular order
 * @param omitted how many of its circuits are not among the lines, at least 0
 */
public record InstanceReport(String instance, Duration age, List<Line> lines, int omitted) {

    /** The most lines that a store keeps of an instance. */
    public static final int MOST_LINES = 500;

    /** The most characters in the names of the circuits that a store keeps of an instance: with the numbers some 64 KiB. */
    public static final int MOST_CHARACTERS = 14_000;

    /** How many characters the names of an instance and of a circuit have at most. */
    public static final int LONGEST_NAME = 200;

    private static final Comparator<Line> WORTH_TELLING_FIRST = Comparator.comparing(Line::isolated)
            .thenComparing(line -> line.state() != SharedState.Kind.CLOSED)
            .thenComparing(Line::activity)
            .reversed();

    /**
     * Keeps its own copy of the lines.
     *
     * @throws IllegalArgumentException if a value breaks its rule
     */
    public InstanceReport {
        checkName("instance", instance);
        checkNotNegative("omitted", omitted);
        checkNotNegative("age", age.isNegative() ? -1 : 0);
        lines = List.copyOf(lines);
    }

    /**
     * One circuit of an instance. The numbers count the instance's calls since it created the circuit; they fall only when it
     * creates the circuit anew.
     *
     * @param breaker the circuit's name, 1 to 200 characters
     * @param state its automatic state on the instance
     * @param isolated whether the instance is in that state alone, with a store that answers
     * @param calls calls that were made, whatever came of them
     * @param rejected calls that were not made
     * @param fallbacks answers given in the place of a call
     */
    public record Line(
            String breaker, SharedState.Kind state, boolean isolated, long calls, long rejected, long fallbacks) {

        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if one breaks its rule
         */
        public Line {
            checkName("breaker", breaker);
            checkNotNegative("calls", calls);
            checkNotNegative("rejected", rejected);
            checkNotNegative("fallbacks", fallbacks);
        }

        private double activity() {
            return (double) calls + rejected;
        }
    }

    /**
     * What a store keeps of it: the lines of circuits that are isolated, then of others that are not CLOSED, then of those with
     * the most calls, as far as {@link #MOST_LINES} and {@link #MOST_CHARACTERS} allow.
     */
    public InstanceReport bounded() {
        int characters =
                lines.stream().mapToInt(line -> line.breaker().length()).sum();
        if (lines.size() <= MOST_LINES && characters <= MOST_CHARACTERS) {
            return this;
        }
        List<Line> kept = new ArrayList<>();
        int room = MOST_CHARACTERS;
        for (Line line : lines.stream().sorted(WORTH_TELLING_FIRST).toList()) {
            room -= line.breaker().length();
            if (room < 0 || kept.size() == MOST_LINES) {
                break;
            }
            kept.add(line);
        }
        return new InstanceReport(instance, age, kept, omitted + lines.size() - kept.size());
    }

    /** The same with another age. */
    public InstanceReport aged(Duration age) {
        return new InstanceReport(instance, age, lines, omitted);
    }

    /** Names of the circuits that it has opened for itself alone, in alphabetical order. */
    public List<String> isolated() {
        return lines.stream().filter(Line::isolated).map(Line::breaker).sorted().toList();
    }

    private static void checkName(String what, String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("Invalid " + what + " (" + name.length()
                    + " characters) of a report: must have 1 to " + LONGEST_NAME + ".");
        }
    }

    private static void checkNotNegative(String what, long number) {
        if (number < 0) {
            throw new IllegalArgumentException(
                    "Invalid " + what + " (" + number + ") of a report: must not be negative.");
        }
    }
}
