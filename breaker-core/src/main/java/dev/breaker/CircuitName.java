package dev.breaker;

/** The rule for names of circuits. */
final class CircuitName {

    private static final int LONGEST = 200;
    private static final int LONGEST_SHOWN = 40;

    private CircuitName() {}

    /** The name itself, if it keeps the rule. */
    static String checked(String name) {
        String shown = OneLine.of(name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "..." : name);
        if (name.isBlank() || name.length() > LONGEST) {
            throw new IllegalArgumentException("Invalid name (" + shown.strip() + ") of a circuit breaker, "
                    + name.length() + " characters: must have 1 to " + LONGEST + ", not all of them blank.");
        }
        if (!OneLine.fits(name)) {
            throw new IllegalArgumentException(
                    "Invalid name (" + shown + ") of a circuit breaker: must not contain control characters.");
        }
        return name;
    }
}
