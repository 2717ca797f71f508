package dev.breaker.sample.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The parts of the demo: Redis, unless it is the user's own, the partner, and offer services, of which there can be more. */
final class Parts {

    private static final int MOST_OFFERS = 6;
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(30);
    private static final String PROFILE = "--spring.profiles.active=demo";

    private final Class<?> main;
    private final Options options;
    private final Local local;
    private final Consumer<String> out;
    private final Options.Address redisAddress;
    private final @Nullable Part redis;
    private final Part partner;
    private final List<Part> offers = new CopyOnWriteArrayList<>();

    Parts(Class<?> main, Options options, Local local, Consumer<String> out) {
        this.main = main;
        this.options = options;
        this.local = local;
        this.out = out;
        Options.Address own = options.redis();
        redisAddress = own == null ? new Options.Address("127.0.0.1", Ports.free()) : own;
        redis = own == null ? part("redis", redisAddress.port(), new Redis(redisAddress.port())) : null;
        partner = part(
                "partner",
                options.partner(),
                new Role(main, List.of("partner", PROFILE, "--server.port=" + options.partner())));
        options.offers().forEach(port -> offers.add(offers(port)));
    }

    private Part part(String name, int port, Part.Launcher launcher) {
        return new Part(name, port, launcher, out);
    }

    private Part offers(int port) {
        Role role = new Role(
                main,
                List.of(
                        "offers",
                        PROFILE,
                        "--server.port=" + port,
                        "--partner.url=http://localhost:" + options.partner(),
                        "--spring.data.redis.host=" + redisAddress.host(),
                        "--spring.data.redis.port=" + redisAddress.port(),
                        "--breaker.instances.partner-offers.wait-duration-in-open-state=" + options.waitSeconds()
                                + "s"));
        return part("offers-" + port, port, role);
    }

    @Nullable
    Part redis() {
        return redis;
    }

    Part partner() {
        return partner;
    }

    List<Part> offers() {
        return offers;
    }

    List<Part> all() {
        List<Part> all = new ArrayList<>();
        if (redis != null) {
            all.add(redis);
        }
        all.add(partner);
        all.addAll(offers);
        return all;
    }

    /** The part of a name, or null. */
    @Nullable
    Part named(String name) {
        return all().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Starts a part that is stopped, thaws one that is frozen, and waits until it is up. */
    void start(Part part) throws InterruptedException {
        part.launch();
        part.thaw();
        part.awaitListening();
        warmUp(part);
    }

    /* The first request to a young JVM can take longer than the offer service is willing to wait. */
    private void warmUp(Part part) {
        if (part == partner) {
            local.get(part, "/partner/offers/nobody", FIRST_ANSWER).join();
        } else if (offers.contains(part)) {
            local.get(part, "/offers/nobody", FIRST_ANSWER).join();
        }
    }

    /**
     * One more offer service on the next free port, not started yet.
     *
     * @throws DemoException if there are too many, or no port is left
     */
    synchronized Part addOffers() {
        if (offers.size() >= MOST_OFFERS) {
            throw new DemoException("There are " + MOST_OFFERS + " offer services; this machine has more to do.");
        }
        Part added = offers(nextPort());
        offers.add(added);
        return added;
    }

    private int nextPort() {
        int highest = offers.stream().mapToInt(Part::port).max().orElse(options.partner());
        return IntStream.rangeClosed(highest + 1, Ports.LAST)
                .filter(port -> port != options.partner() && port != options.page() && Ports.isFree(port))
                .findFirst()
                .orElseThrow(() -> new DemoException("There is no port left."));
    }

    /** Ends all of them, and waits until they have ended. */
    void stop() {
        all().stream().map(Part::stop).toList().forEach(CompletableFuture::join);
    }
}
