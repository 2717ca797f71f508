package dev.breaker.sample.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The demo's command line.
 *
 * @param page port of the demo's page
 * @param partner port of the partner
 * @param offers ports of the offer services
 * @param redis address of a Redis of the user's own, null to start one
 * @param waitSeconds seconds for which the circuit stays open
 */
record Options(
        int page,
        int partner,
        List<Integer> offers,
        @Nullable Address redis,
        int waitSeconds) {

    static final String USAGE =
            "--page=<port> --partner=<port> --offers=<port>,<port> --redis=<host>:<port> --wait=<seconds>";

    private static final int LONGEST_WAIT = 3600;

    /** Where a server listens. */
    record Address(String host, int port) {}

    /**
     * Reads the command line.
     *
     * @throws DemoException naming the argument that is wrong, or the ports of which two are the same
     */
    static Options parse(String... args) {
        Options options = new Options(8079, 8081, List.of(8080, 8082), null, 15);
        for (String arg : args) {
            options = options.with(arg);
        }
        options.requireDifferentPorts();
        return options;
    }

    private void requireDifferentPorts() {
        List<Integer> ports = new ArrayList<>(List.of(page, partner));
        ports.addAll(offers);
        if (Set.copyOf(ports).size() < ports.size()) {
            throw new DemoException("The ports of the page (" + page + "), the partner (" + partner
                    + ") and the offer services ("
                    + offers.stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + ") must differ.");
        }
    }

    private Options with(String arg) {
        String value = arg.substring(arg.indexOf('=') + 1);
        return switch (arg.substring(0, Math.max(0, arg.indexOf('=')))) {
            case "--page" -> new Options(port(arg, value), partner, offers, redis, waitSeconds);
            case "--partner" -> new Options(page, port(arg, value), offers, redis, waitSeconds);
            case "--offers" -> new Options(page, partner, ports(arg, value), redis, waitSeconds);
            case "--redis" -> new Options(page, partner, offers, address(arg, value), waitSeconds);
            case "--wait" -> new Options(page, partner, offers, redis, seconds(arg, value));
            default -> throw new DemoException("Unknown option " + arg + ". The options are: " + USAGE);
        };
    }

    private static Address address(String arg, String value) {
        int colon = value.lastIndexOf(':');
        if (colon < 1) {
            throw new DemoException("Invalid " + arg + ": must be <host>:<port>.");
        }
        return new Address(value.substring(0, colon), port(arg, value.substring(colon + 1)));
    }

    private static List<Integer> ports(String arg, String value) {
        List<Integer> ports = new ArrayList<>();
        for (String port : value.split(",", -1)) {
            ports.add(port(arg, port));
        }
        return List.copyOf(ports);
    }

    private static int port(String arg, String text) {
        return number(arg, text, Ports.LAST, "a port");
    }

    private static int seconds(String arg, String text) {
        return number(arg, text, LONGEST_WAIT, "the wait in seconds");
    }

    private static int number(String arg, String text, int most, String what) {
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        throw new DemoException("Invalid " + arg + ": " + what + " must be between 1 and " + most + ".");
    }
}
