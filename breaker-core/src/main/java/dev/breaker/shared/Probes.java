package dev.breaker.shared;

/**
 * The probes of a half-open stay in the whole cluster.
 *
 * @param permitted how many may be leased or decided
 * @param leased how many are running
 * @param successes how many succeeded
 * @param failures how many failed
 * @param slow how many of those that succeeded or failed were slow
 */
public record Probes(int permitted, int leased, int successes, int failures, int slow) {

    /** No probes: the circuit is not half-open. */
    public static final Probes NONE = new Probes(0, 0, 0, 0, 0);
}
