package dev.breaker;

/** What a finished call says about the partner. */
public enum Outcome {
    /** The partner works. */
    SUCCESS,
    /** The partner failed. */
    FAILURE,
    /** The call says nothing about the partner, such as a business error or a cancelled call; it is not counted. */
    IGNORED
}
