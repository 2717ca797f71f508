package dev.breaker.spring.dashboard;

/**
 * Calls since a circuit was created, of one instance or of several together.
 *
 * @param calls calls that were made, whatever came of them
 * @param rejected calls that were not made
 * @param fallbacks answers given in the place of a call
 */
record Totals(long calls, long rejected, long fallbacks) {

    static final Totals NONE = new Totals(0, 0, 0);

    Totals plus(Totals other) {
        return new Totals(calls + other.calls, rejected + other.rejected, fallbacks + other.fallbacks);
    }

    /** That part of the way to later totals; those of a circuit that was created anew at once. */
    Totals towards(Totals later, double part) {
        if (later.calls < calls || later.rejected < rejected || later.fallbacks < fallbacks) {
            return later;
        }
        return new Totals(
                calls + Math.round(part * (later.calls - calls)),
                rejected + Math.round(part * (later.rejected - rejected)),
                fallbacks + Math.round(part * (later.fallbacks - fallbacks)));
    }
}
