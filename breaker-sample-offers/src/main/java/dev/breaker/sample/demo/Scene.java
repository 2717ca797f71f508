package dev.breaker.sample.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the demo's page shows.
 *
 * @param started when the demo started, in milliseconds since 1970; another one shows that it has been started again
 * @param waitSeconds seconds for which the circuit stays open
 * @param freezing whether this machine can freeze a process
 * @param customers whether customers are let in
 * @param redis the Redis that the demo started, null if the user has one of their own
 * @param partner the partner
 * @param services the offer services
 * @param rush what came of the last requests at once, null if there were none
 * @param lines what the terminal has shown since the last time
 */
record Scene(
        long started,
        int waitSeconds,
        boolean freezing,
        boolean customers,
        @Nullable Actor redis,
        Actor partner,
        List<Actor> services,
        @Nullable Rush rush,
        List<Transcript.Line> lines) {

    /**
     * A part.
     *
     * @param name its name
     * @param port where it listens
     * @param condition how its process is
     * @param status what it says about its work, null if it does not answer
     * @param detail of the partner the faults, of an offer service the circuit, null if it does not answer
     */
    record Actor(
            String name,
            int port,
            Part.Condition condition,
            @Nullable JsonNode status,
            @Nullable JsonNode detail) {}
}
