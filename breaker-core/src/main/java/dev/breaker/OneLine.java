package dev.breaker;

import java.util.regex.Pattern;

/** Keeps text that others wrote from breaking a line of log, or of a message, in two. */
final class OneLine {

    /** Control characters, all line breaks, and halves of characters. */
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]");

    private OneLine() {}

    static boolean fits(String text) {
        return !UNFIT.matcher(text).find();
    }

    /** The text with a question mark for whatever does not fit. */
    static String of(String text) {
        return UNFIT.matcher(text).replaceAll("?");
    }
}
