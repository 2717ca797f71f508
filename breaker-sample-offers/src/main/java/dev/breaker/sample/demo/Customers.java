package dev.breaker.sample.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Customers of the offer services: one a second to each while they are let in, and many at once on demand. */
final class Customers {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private final Parts parts;
    private final Local local;
    private final AtomicLong number = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Customers::thread);
    private volatile boolean letIn;
    private volatile @Nullable Rush lastRush;

    @SuppressWarnings("FutureReturnValueIgnored")
    Customers(Parts parts, Local local) {
        this.parts = parts;
        this.local = local;
        clock.scheduleAtFixedRate(this::comeIn, 1, 1, TimeUnit.SECONDS);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "customers");
        thread.setDaemon(true);
        return thread;
    }

    boolean areLetIn() {
        return letIn;
    }

    void letIn(boolean letIn) {
        this.letIn = letIn;
    }

    @Nullable
    Rush lastRush() {
        return lastRush;
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void comeIn() {
        if (letIn) {
            up().forEach(this::ask);
        }
    }

    private List<Part> up() {
        return parts.offers().stream()
                .filter(part -> part.condition() == Part.Condition.UP)
                .toList();
    }

    private CompletableFuture<@Nullable JsonNode> ask(Part service) {
        return local.get(service, "/offers/customer-" + number.incrementAndGet(), PATIENCE);
    }

    /**
     * Sends many requests at once, in turn to each offer service that is up, and waits for the answers.
     *
     * @param requests how many
     */
    synchronized Rush rush(int requests) {
        List<Part> services = up();
        if (services.isEmpty()) {
            throw new DemoException("No offer service is up.");
        }
        long before = seenByPartner();
        long start = System.nanoTime();
        List<CompletableFuture<@Nullable JsonNode>> answers = new ArrayList<>();
        for (int request = 0; request < requests; request++) {
            answers.add(ask(services.get(request % services.size())));
        }
        List<String> temperatures =
                answers.stream().map(answer -> temperature(answer.join())).toList();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        int hot = Collections.frequency(temperatures, "HOT");
        int cold = Collections.frequency(temperatures, "COLD");
        long seen = Math.max(0, seenByPartner() - before);
        Rush rush = new Rush(requests, hot, cold, requests - hot - cold, seen, millis);
        lastRush = rush;
        return rush;
    }

    private static String temperature(@Nullable JsonNode offer) {
        return offer == null
                ? ""
                : Objects.requireNonNull(offer).path("temperature").asString();
    }

    private long seenByPartner() {
        JsonNode status = local.get(parts.partner(), "/partner/status", GLANCE).join();
        return status == null ? 0 : status.path("requests").asLong();
    }
}
