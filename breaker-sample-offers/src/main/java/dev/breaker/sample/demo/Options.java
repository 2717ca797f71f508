package dev.breaker.sample.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The demo's command line.
 *
 * @param partner port of the partner
 * @param offers ports of the offer services
 * @param redis address of a Redis of the user's own, null to start one
 */
record Options(int partner, List<Integer> offers, @Nullable Address redis) {

    static final String USAGE = "--partner=<port> --offers=<port>,<port> --redis=<host>:<port>";

    /** Where a server listens. */
    record Address(String host, int port) {}

    /**
     * Reads the command line.
     *
     * @throws DemoException naming the argument that is wrong
     */
    static Options parse(String... args) {
        Options options = new Options(8081, List.of(8080, 8082), null);
        for (String arg : args) {
            options = options.with(arg);
        }
        return options;
    }

    private Options with(String arg) {
        String value = arg.substring(arg.indexOf('=') + 1);
        if (arg.startsWith("--partner=")) {
            return new Options(port(arg, value), offers, redis);
        }
        if (arg.startsWith("--offers=")) {
            List<Integer> ports = new ArrayList<>();
            for (String port : value.split(",", -1)) {
                ports.add(port(arg, port));
            }
            return new Options(partner, List.copyOf(ports), redis);
        }
        if (arg.startsWith("--redis=")) {
            int colon = value.lastIndexOf(':');
            if (colon < 1) {
                throw new DemoException("Invalid " + arg + ": must be <host>:<port>.");
            }
            return new Options(
                    partner, offers, new Address(value.substring(0, colon), port(arg, value.substring(colon + 1))));
        }
        throw new DemoException("Unknown option " + arg + ". The options are: " + USAGE);
    }

    private static int port(String arg, String text) {
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        throw new DemoException("Invalid " + arg + ": a port must be between 1 and 65535.");
    }
}
