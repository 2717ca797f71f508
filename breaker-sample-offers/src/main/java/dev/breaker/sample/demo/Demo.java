package dev.breaker.sample.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The role {@code demo}: Redis, a partner and offer services, each a process of its own, in one terminal until Ctrl-C. */
public final class Demo {

    private final Options options;
    private final List<Part> parts;

    private Demo(Options options, List<Part> parts) {
        this.options = options;
        this.parts = parts;
    }

    /**
     * Runs the demo until it is told to quit.
     *
     * @param main the sample's main class
     * @param args the demo's options
     */
    public static void run(Class<?> main, String... args) {
        try {
            Options options = Options.parse(args);
            Demo demo = new Demo(options, plan(main, options));
            demo.start();
            System.out.println(Screen.of(options, demo.parts));
            new Console(demo.parts).run();
            // The end of the input is not the end of the demo: it may run without a terminal.
            Thread.currentThread().join();
        } catch (DemoException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static List<Part> plan(Class<?> main, Options options) {
        List<Part> parts = new ArrayList<>();
        Options.Address redis = options.redis();
        if (redis == null) {
            redis = new Options.Address("127.0.0.1", freePort());
            parts.add(new Part("redis", redis.port(), new Redis(redis.port()), System.out::println));
        }
        String profile = "--spring.profiles.active=demo";
        String port = "--server.port=" + options.partner();
        Role partner = new Role(main, List.of("partner", profile, port));
        parts.add(new Part("partner", options.partner(), partner, System.out::println));
        for (int offersPort : options.offers()) {
            Role offers = new Role(
                    main,
                    List.of(
                            "offers",
                            profile,
                            "--server.port=" + offersPort,
                            "--partner.url=http://localhost:" + options.partner(),
                            "--spring.data.redis.host=" + redis.host(),
                            "--spring.data.redis.port=" + redis.port()));
            parts.add(new Part("offers-" + offersPort, offersPort, offers, System.out::println));
        }
        return List.copyOf(parts);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start() throws InterruptedException {
        System.out.println(
                "Starting " + String.join(", ", parts.stream().map(Part::name).toList()) + " ...");
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        parts.forEach(Part::launch);
        for (Part part : parts) {
            part.awaitListening();
        }
        warmUp();
    }

    /* The first request to a young JVM can take longer than the offer service is willing to wait. */
    private void warmUp() throws InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        get(http, "http://localhost:" + options.partner() + "/partner/offers/nobody");
        for (int port : options.offers()) {
            get(http, "http://localhost:" + port + "/offers/nobody");
        }
    }

    private static void get(HttpClient http, String url) throws InterruptedException {
        try {
            http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding());
        } catch (IOException e) {
            throw new DemoException("No answer from " + url + ": " + e);
        }
    }

    private void stop() {
        parts.stream().map(Part::stop).toList().forEach(CompletableFuture::join);
    }
}
