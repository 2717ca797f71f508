package dev.breaker.sample.demo;

import java.util.List;
import java.util.stream.Collectors;

/** What the demo shows when everything is up. */
final class Screen {

    private Screen() {}

    static String of(Options options, List<Part> parts) {
        int first = options.offers().get(0);
        int last = options.offers().get(options.offers().size() - 1);
        return """

                %1$s

                Try this in another terminal:

                  curl localhost:%2$d/offers/anna       HOT, from the partner
                  curl localhost:%3$d/offers/anna       HOT

                Type "partner stop" here, then there:

                  curl localhost:%2$d/offers/anna       COLD; three of them open the circuit
                  curl localhost:%3$d/offers/circuit    OPEN, here as well
                  curl localhost:%3$d/offers/anna       COLD, and nobody has asked the partner
                  curl localhost:%2$d/actuator/health

                Type "partner start" here. 15 s after it opened, the circuit lets a call through, and both are HOT again.

                Here: <part> stop, <part> start (a part is one of the names above), status, quit.
                """.formatted(
                parts.stream().map(part -> "  " + part.describe()).collect(Collectors.joining("\n")), first, last);
    }
}
