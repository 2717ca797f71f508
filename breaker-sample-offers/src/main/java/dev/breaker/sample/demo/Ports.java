package dev.breaker.sample.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of this machine. */
final class Ports {

    static final int LAST = 65_535;

    private Ports() {}

    /** A port that nobody listens on. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether nobody listens on a port. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes sure that nobody listens on a port.
     *
     * @param port the port
     * @param name who wants to
     * @throws DemoException naming the port, who wants it, and the way out
     */
    static void requireFree(int port, String name) {
        if (!isFree(port)) {
            throw new DemoException("Cannot start " + name + ": port " + port
                    + " is in use. Stop what listens there, or choose other ports: --partner=8091 --offers=8090,8092"
                    + " --page=8089"
                    + " (with Maven: -Dspring-boot.run.arguments=\"--partner=8091 --offers=8090,8092 --page=8089\").");
        }
    }
}
