package dev.breaker.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How far one Redis goes, whose commands are executed one after the other.
 *
 * @param secondsPerCommand processor time of the server for one exchange, with its share of reading and writing
 * @param share of one core that may be spent, 0 to 1
 */
record Capacity(double secondsPerCommand, double share) {

    private static final Duration POLL = Duration.ofSeconds(1);

    static final List<Duration> INTERVALS = List.of(
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    double commandsPerSecond() {
        return share / secondsPerCommand;
    }

    /** Masters of a Redis Cluster that share so many commands evenly. */
    int masters(double commandsPerSecond) {
        return (int) Math.ceil(commandsPerSecond / commandsPerSecond());
    }

    /** How many circuits times instances one Redis serves, if all have such traffic. */
    int circuits(CommandModel model, CommandModel.Traffic traffic) {
        return (int) (commandsPerSecond() / model.perCircuit(traffic));
    }

    /**
     * The shortest usual synchronisation interval with which one Redis suffices for circuits that all have calls all the time.
     * Empty if even the longest does not suffice.
     */
    Optional<Duration> syncInterval(int instances, int breakers) {
        return INTERVALS.stream()
                .filter(interval -> masters(model(interval).total(instances, breakers, 1)) <= 1)
                .findFirst();
    }

    /** With the poll interval that belongs to a synchronisation interval. */
    static CommandModel model(Duration sync) {
        return CommandModel.of(sync, sync.compareTo(POLL) > 0 ? sync : POLL);
    }
}
