package dev.breaker.bench;

import java.util.Map;

/**
 * What sharing cost at one point.
 *
 * @param seconds how long it was measured
 * @param callsPerSecond calls that were in fact made
 * @param commandsPerSecond round trips of all instances and circuits
 * @param insideScripts commands executed inside scripts per round trip
 * @param scriptMicros time that a script takes
 * @param serverMicros processor time of the server per round trip, with reading and writing
 * @param serverCores processor time of the server per second
 * @param timerCores processor time per second of one instance's thread for timers and exchanges
 * @param driverCores processor time per second of the threads of one instance's Redis connections
 * @param bytesIn bytes that the server receives per round trip
 * @param bytesOut bytes that the server sends per round trip
 * @param unanswered exchanges that failed or got no answer in time
 * @param executed all that the server executed, by command
 */
record RedisCost(
        RedisPoint point,
        double seconds,
        double callsPerSecond,
        double commandsPerSecond,
        double insideScripts,
        double scriptMicros,
        double serverMicros,
        double serverCores,
        double timerCores,
        double driverCores,
        double bytesIn,
        double bytesOut,
        int unanswered,
        Map<String, Long> executed) {

    /** Commands per second of one circuit on one instance. */
    double perCircuit() {
        return commandsPerSecond / point.circuits();
    }

    /** Received and sent. */
    double bytesPerSecond() {
        return commandsPerSecond * (bytesIn + bytesOut);
    }

    double toModel(CommandModel model) {
        return commandsPerSecond / point.predicted(model);
    }
}
