package dev.breaker;

import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.InstanceReport.Line;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other instances through the store that this one is alive, once every five seconds whatever the number of circuits,
 * and knows what they tell. Nothing depends on it: what fails here is no outage. Safe for use by many threads.
 */
final class Presence {

    /** For how long an instance that falls silent counts as alive. */
    static final Duration TTL = Duration.ofSeconds(20);

    private static final Logger log = LoggerFactory.getLogger(BreakerRegistry.class);
    private static final long PAUSE = Duration.ofSeconds(5).toNanos();
    private static final long FIRST = Duration.ofSeconds(1).toNanos();
    private static final int FAULTS_WORTH_A_LINE = 3;

    private final Surroundings surroundings;
    private final Map<String, Breaker> breakers;
    private final Peers peers;
    private long next;
    private int faults;
    private boolean left;
    private @Nullable CompletableFuture<?> told;

    /**
     * @param breakers all circuits at any moment
     */
    Presence(Surroundings surroundings, Map<String, Breaker> breakers) {
        this.surroundings = surroundings;
        this.breakers = breakers;
        this.peers = new Peers(surroundings);
        this.next = surroundings.ticker().read() + surroundings.partOf(FIRST);
    }

    /** This instance, complete and as of now, and the others as far as is known; see {@link Peers#known()}. */
    CompletionStage<List<InstanceReport>> instances() {
        InstanceReport here = here(false);
        return peers.known()
                .thenApply(known -> Stream.concat(
                                Stream.of(here),
                                known.stream()
                                        .filter(peer -> !peer.instance().equals(surroundings.instance()))
                                        .sorted(Comparator.comparing(InstanceReport::instance)))
                        .toList());
    }

    /** Tells the others if it is time to and the store answers. */
    void tick() {
        SharingSettings sharing = surroundings.sharing();
        if (sharing == null || sharing.outage().lasts()) {
            return;
        }
        CompletableFuture<String> telling = new CompletableFuture<>();
        synchronized (this) {
            long now = surroundings.ticker().read();
            if (left || now - next < 0) {
                return;
            }
            next = now + surroundings.jittered(PAUSE);
            told = telling;
        }
        CompletionStage<?> answer = Calls.attempt(() -> sharing.store().report(here(true), TTL));
        answer.whenComplete((reply, fault) -> {
            answered(fault);
            telling.complete("told");
        });
    }

    /*
     * While the store is away, its outage is told elsewhere, and this notices it no later. What goes on is that the store
     * answers circuits and refuses reports.
     */
    private void answered(@Nullable Throwable fault) {
        synchronized (this) {
            faults = fault == null ? 0 : faults + 1;
            if (faults != FAULTS_WORTH_A_LINE) {
                return;
            }
        }
        log.warn(
                "Other instances are not told that this one is alive, which changes nothing for its calls: {}",
                Calls.describeRoot(fault));
    }

    /** Takes this instance back from those that are alive. Done when the store has answered or failed; then it says nothing more. */
    CompletableFuture<?> leave() {
        peers.close();
        CompletableFuture<?> last;
        synchronized (this) {
            left = true;
            last = told;
        }
        SharingSettings sharing = surroundings.sharing();
        if (sharing == null || last == null || sharing.outage().lasts()) {
            return CompletableFuture.completedFuture("nothing to take back");
        }
        return last.thenCompose(any -> takeBack(sharing.store())).exceptionally(fault -> {
            log.debug("This instance counts as alive for a while: {}", Calls.describeRoot(fault));
            return "failed";
        });
    }

    private CompletionStage<Object> takeBack(SharedStore store) {
        InstanceReport nothing = new InstanceReport(surroundings.instance(), Duration.ZERO, List.of(), 0);
        return Calls.attempt(() -> store.report(nothing, Duration.ZERO).thenApply(reply -> "left"));
    }

    private InstanceReport here(boolean sharedOnly) {
        List<Line> lines = breakers.values().stream()
                .filter(breaker -> !sharedOnly || breaker.circuit().sharing() != null)
                .map(Presence::line)
                .toList();
        return new InstanceReport(surroundings.instance(), Duration.ZERO, lines, 0);
    }

    private static Line line(Breaker breaker) {
        BreakerSnapshot snapshot = breaker.snapshot();
        BreakerTotals totals = breaker.totals();
        Kind state = Kind.valueOf(snapshot.automaticState().name());
        return new Line(
                breaker.name(),
                state,
                state != Kind.CLOSED
                        && snapshot.stateScope() == BreakerScope.INSTANCE
                        && snapshot.sharing() == BreakerSnapshot.Sharing.ACTIVE,
                totals.successes() + totals.failures() + totals.ignored(),
                totals.rejected(),
                totals.fallbacks());
    }
}
