package dev.breaker.shared;

/** What came of a probe. */
public enum ProbeOutcome {
    SUCCESS,
    SLOW_SUCCESS,
    FAILURE,
    SLOW_FAILURE,
    /** The call said nothing about the partner (ignored, cancelled, never made): the permit is free again. */
    RETURNED
}
