package dev.breaker;

import dev.breaker.shared.InstanceReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of a service have told the store. It is asked only when somebody wants to know, every five seconds
 * at most, as often as they tell, and once for all who do. Safe for use by many threads.
 */
final class Peers {

    private static final Logger log = LoggerFactory.getLogger(BreakerRegistry.class);
    private static final long FRESH = Duration.ofSeconds(5).toNanos();
    private static final long PATIENCE = Duration.ofMillis(500).toNanos();
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final Surroundings surroundings;
    private List<InstanceReport> told = List.of();
    private long toldAt;
    private long asked;
    private boolean closed;
    private @Nullable CompletableFuture<List<InstanceReport>> asking;

    Peers(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.asked = surroundings.ticker().read() - FRESH;
    }

    /**
     * The last known reports, with their ages now. Completes at once if the store was asked less than five seconds ago or does not
     * answer the circuits; otherwise with its answer, after half a second without. Never fails. What was told ten minutes ago is
     * forgotten.
     */
    CompletableFuture<List<InstanceReport>> known() {
        SharingSettings sharing = surroundings.sharing();
        CompletableFuture<List<InstanceReport>> answer;
        synchronized (this) {
            if (asking != null) {
                return asking.copy();
            }
            long now = surroundings.ticker().read();
            if (sharing == null
                    || closed
                    || now - asked < FRESH
                    || sharing.outage().lasts()) {
                return CompletableFuture.completedFuture(aged(now));
            }
            asked = now;
            asking = answer = new CompletableFuture<>();
        }
        Timers.Task patience = surroundings.timers().after(PATIENCE, this::answer);
        Calls.attempt(sharing.store()::reports).whenComplete((reports, fault) -> {
            patience.cancel();
            try {
                if (reports == null) {
                    log.debug("The store does not tell which instances are alive: {}", Calls.describeRoot(fault));
                } else {
                    learn(reports);
                }
            } finally {
                answer();
            }
        });
        return answer.copy();
    }

    private synchronized void learn(List<InstanceReport> reports) {
        told = reports.stream()
                .filter(report -> report != null && report.age().compareTo(FORGOTTEN) < 0)
                .toList();
        toldAt = surroundings.ticker().read();
    }

    /* To all who wait, with what is known. */
    private void answer() {
        CompletableFuture<List<InstanceReport>> waiting;
        List<InstanceReport> known;
        synchronized (this) {
            waiting = asking;
            asking = null;
            known = aged(surroundings.ticker().read());
        }
        if (waiting != null) {
            waiting.complete(known);
        }
    }

    private List<InstanceReport> aged(long now) {
        Duration since = Duration.ofNanos(now - toldAt);
        return told.stream()
                .map(report -> report.aged(report.age().plus(since)))
                .filter(report -> report.age().compareTo(FORGOTTEN) < 0)
                .toList();
    }

    /** Asks no more, and answers all who wait. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        answer();
    }
}
