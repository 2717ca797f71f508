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
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Customers of the offer services: one a second to each while they are let in, and many at once on demand. */
final class Customers {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private final Parts parts;
    private final Local local;
    private final AtomicLong number = new AtomicLong();
    private final Lock door = new ReentrantLock();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Customers::thread);
    private final List<CompletableFuture<@Nullable JsonNode>> inside = new ArrayList<>();
    private volatile boolean letIn;
    private volatile @Nullable Rush lastRush;

    Customers(Parts parts, Local local) {
        this(parts, local, Duration.ofSeconds(1));
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    Customers(Parts parts, Local local, Duration pause) {
        this.parts = parts;
        this.local = local;
        clock.scheduleAtFixedRate(this::comeIn, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
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

    /* Whoever comes during a rush finds the door closed: those that reach the partner then are of the rush. */
    private void comeIn() {
        if (letIn && door.tryLock()) {
            try {
                inside.removeIf(CompletableFuture::isDone);
                up().forEach(service -> inside.add(ask(service)));
            } finally {
                door.unlock();
            }
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
     * Sends many requests at once, in turn to each offer service that is up, and waits for the answers. Other customers stay
     * outside meanwhile.
     *
     * @param requests how many
     * @throws DemoException if no offer service is up
     */
    Rush rush(int requests) {
        door.lock();
        try {
            inside.forEach(CompletableFuture::join);
            Rush rush = count(requests);
            lastRush = rush;
            return rush;
        } finally {
            door.unlock();
        }
    }

    private Rush count(int requests) {
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
        Rush last = lastRush;
        return new Rush(last == null ? 1 : last.number() + 1, requests, hot, cold, requests - hot - cold, seen, millis);
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
