package dev.breaker.shared;

/** What came of a probe. */
public enum ProbeOutcome {
    /** It succeeded. */
    SUCCESS,
    /** It succeeded, too slowly. */
    SLOW_SUCCESS,
    /** It failed. */
    FAILURE,
    /** It failed, and slowly. */
    SLOW_FAILURE,
    /** The call said nothing about the partner (ignored, cancelled, never made): the permit is free again. */
    RETURNED
}
