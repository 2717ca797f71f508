package dev.breaker.bench;

import java.time.Duration;

/**
 * How many commands a circuit sends to Redis, as it follows from the timing of the exchanges and not from measurements. Times
 * in seconds.
 *
 * <p>An exchange is one command. The next one begins when the first of these happens: a failure, once {@code urgent} has
 * passed; a call, once the synchronisation interval has passed, seen by the registry's next tick; the end of the poll
 * interval. Intervals are spread so that each is, on average, as long as configured, though only ticks notice their end. With
 * calls that arrive at random, the mean pause is the integral of the probability that nothing of that has happened yet.
 *
 * @param sync {@code breaker.shared.sync-interval}
 * @param poll {@code breaker.shared.poll-interval}
 */
record CommandModel(double sync, double poll) {

    private static final double LONGEST_TICK = 0.1;
    private static final double NEAR_OPENING = 0.1;
    private static final double REPORTS = 0.2;

    static CommandModel defaults() {
        return of(Duration.ofMillis(250), Duration.ofSeconds(1));
    }

    static CommandModel of(Duration sync, Duration poll) {
        return new CommandModel(sync.toNanos() / 1e9, poll.toNanos() / 1e9);
    }

    /** What happens to one circuit on one instance, per second. */
    record Traffic(double calls, double failures, boolean nearOpening) {

        static final Traffic NONE = new Traffic(0, 0, false);

        static final Traffic BUSY = new Traffic(1_000, 0, false);
    }

    /** Commands per second of one circuit on one instance. */
    double perCircuit(Traffic traffic) {
        return 1 / meanPause(traffic);
    }

    /**
     * Commands per second of all.
     *
     * @param active share of the circuits that have calls all the time, 0 to 1; nobody calls the others
     */
    double total(int instances, int breakers, double active) {
        double each = active * perCircuit(Traffic.BUSY) + (1 - active) * perCircuit(Traffic.NONE);
        return (double) instances * breakers * each + reports(instances);
    }

    /** Commands per second by which instances say that they are alive. */
    double reports(int instances) {
        return instances * REPORTS;
    }

    private double meanPause(Traffic traffic) {
        double regular = Math.min(poll, sync);
        double urgent = Math.min(regular, traffic.nearOpening() ? sync * NEAR_OPENING : sync);
        double pause = urgent + untilFirst(traffic.failures(), regular - urgent);
        double tick = tick();
        for (double at = regular; at < poll; at += tick) {
            pause += Math.min(tick, poll - at) * Math.exp(-traffic.calls() * at);
        }
        return pause;
    }

    /* Mean wait for the first of many random events, or for the limit. */
    private static double untilFirst(double perSecond, double limit) {
        return perSecond == 0 ? limit : (1 - Math.exp(-perSecond * limit)) / perSecond;
    }

    private double tick() {
        return Math.min(LONGEST_TICK, sync);
    }
}
