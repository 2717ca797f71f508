package dev.breaker.sample.demo;

/** What the demo shows when everything is up. */
final class Screen {

    private Screen() {}

    static String of(Options options) {
        int first = options.offers().get(0);
        int last = options.offers().get(options.offers().size() - 1);
        return """

                Try this in another terminal:

                  curl localhost:%1$d/offers/anna       HOT, from the partner
                  curl localhost:%2$d/offers/anna       HOT

                Type "partner stop" here, then there:

                  curl localhost:%1$d/offers/anna       COLD; three of them open the circuit
                  curl localhost:%2$d/offers/circuit    OPEN, here as well
                  curl localhost:%2$d/offers/anna       COLD, and nobody has asked the partner
                  curl localhost:%2$d/actuator/health

                Type "partner start" here. %3$d s after it opened, the circuit lets a call through, and both are HOT again.

                Here: %4$s.

                The same story to click, in a browser:  http://localhost:%5$d/
                """.formatted(first, last, options.waitSeconds(), Commands.USAGE, options.page());
    }
}
