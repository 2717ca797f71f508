package dev.breaker.bench;

/**
 * A promise and what became of it.
 *
 * @param what the promise is about, the same text in every run
 * @param limit what was promised
 * @param measured what was found
 * @param met whether the promise was kept
 */
record Budget(String what, String limit, String measured, boolean met) {

    /** A promise that something is no more than a limit. */
    static Budget atMost(String what, double measured, double limit, String unit) {
        return new Budget(what, "≤ " + text(limit, unit), text(measured, unit), measured <= limit);
    }

    /** A promise that something is no less than a limit. */
    static Budget atLeast(String what, double measured, double limit, String unit) {
        return new Budget(what, "≥ " + text(limit, unit), text(measured, unit), measured >= limit);
    }

    /** What was found, and in bold if the promise was broken. */
    String verdict() {
        return met ? measured + ", met" : "**" + measured + ", missed**";
    }

    private static String text(double value, String unit) {
        return Numbers.text(value) + " " + unit;
    }
}
