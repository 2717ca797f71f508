package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the partner of an OPEN circuit in the background, if it has a {@link HealthProbe}. Used under the circuit's lock; asks
 * the store, starts and interrupts checks only through the circuit's effects.
 *
 * <ul>
 *   <li>One run at a time on this instance, from the question who may to the end of its thread. A check that ignores its
 *       interruption keeps this instance from the next run, and no other instance.
 *   <li>A due circuit that cannot be probed here, nor by another instance for as long as a lease lasts, is left to calls until a
 *       run can start.
 *   <li>A run of the cluster's stay starts only with the store's one lease. What comes of it is proposed only while the lease is
 *       held for certain, by compare-and-set on the epoch of that stay. So at most one instance decides, and what comes after
 *       the stay or the lease changes nothing.
 *   <li>A run settles once: by what its check did, or by its time-out, whichever comes first.
 *   <li>Without the store, or alone with its trouble, this instance needs no lease and decides for itself.
 *   <li>Every tick compares what is with what should be. A lost answer or timer, the end of an override or another configuration
 *       costs a tick and no more.
 * </ul>
 */
final class HealthProbes {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    /* The lease outlasts the check by this, in which a time-out becomes known before another instance is elected. */
    private static final Duration GRACE = Duration.ofMillis(500);
    /* A lease that ended early is found after this. */
    private static final long LONGEST_DENIAL = Duration.ofSeconds(1).toNanos();

    private final Circuit circuit;
    private final ProbeThreads threads;
    private @Nullable HealthRun run;
    private Timers.@Nullable Task timeout;
    private @Nullable Phase denied;
    private long deniedUntil;
    private volatile @Nullable ProbeHindrance hindrance;
    private boolean closed;

    HealthProbes(Circuit circuit, ProbeThreads threads) {
        this.circuit = circuit;
        this.threads = threads;
    }

    /**
     * Whether they keep calls from probing in a phase. Takes no lock. After the end of the registry there is no background, and
     * none that matters while no run can start.
     */
    boolean replaceCallsIn(Phase phase) {
        ProbeHindrance met = hindrance;
        return circuit.config().healthProbe() != null
                && !circuit.timers().isStopped()
                && !(met != null && met.lastsIn(phase));
    }

    /** What a call may be leased for. */
    ProbeRequest.Purpose purposeOfCalls() {
        return replaceCallsIn(circuit.current()) ? ProbeRequest.Purpose.CALL_IF_HALF_OPEN : ProbeRequest.Purpose.CALL;
    }

    /**
     * Probes the partner if it is time to.
     *
     * @param held whether somebody else has to decide first, such as the operator of an override
     */
    void look(Phase automatic, boolean held) {
        forgetUnanswered();
        HealthProbe probe = circuit.config().healthProbe();
        if (probe == null || held || closed || !(automatic instanceof OpenPhase open) || !open.isDue()) {
            hindrance = null;
        } else if (run == null) {
            probe(open, probe);
        } else if (run.settled) {
            run.complain();
            /* Alone, nobody else can probe. */
            long patience = circuit.sharingFor(open) == null ? 0 : leaseNanos();
            hindered(open, patience, "the last run has not ended");
        }
    }

    private void probe(OpenPhase open, HealthProbe probe) {
        Sharing cluster = circuit.sharingFor(open);
        if (cluster != null && denied == open && deniedUntil - circuit.now() > 0) {
            return;
        }
        if (!threads.reserve()) {
            hindered(open, leaseNanos(), "the threads of health probes are taken by those of other circuit breakers");
            return;
        }
        hindrance = null;
        long limit = circuit.config().probeLease().toNanos();
        HealthRun next = new HealthRun(open, circuit.now(), limit, probe, circuit.outcomes());
        run = next;
        if (cluster != null) {
            elect(next, cluster);
        } else {
            start(next);
        }
    }

    /* Also when no probe is wanted any more: other circuits want the place. */
    private void forgetUnanswered() {
        HealthRun current = run;
        if (current != null && current.asking) {
            boolean waited = circuit.now() - current.began > Exchange.GIVE_UP;
            if (waited || circuit.sharingFor(current.phase) == null) {
                free(current);
            }
        }
    }

    private void hindered(OpenPhase open, long patience, String what) {
        ProbeHindrance met = hindrance;
        if (met == null || !met.isIn(open)) {
            met = new ProbeHindrance(open);
            hindrance = met;
        }
        met.goesOn(patience, what);
    }

    private long leaseNanos() {
        return circuit.config().probeLease().plus(GRACE).toNanos();
    }

    // ---- election

    private void elect(HealthRun candidate, Sharing cluster) {
        candidate.asking = true;
        String lease = cluster.settings().newLease(circuit.instance() + ":health:");
        candidate.lease = lease;
        ProbeRequest request = ProbeRequest.health(
                lease, circuit.instance(), circuit.config().probeLease().plus(GRACE));
        circuit.effect(() -> Calls.attempt(() -> cluster.settings().store().permit(circuit.name(), request))
                .whenComplete((reply, fault) ->
                        circuit.exclusively(() -> answered(candidate, cluster, lease, reply, fault))));
    }

    private void answered(
            HealthRun candidate, Sharing cluster, String lease, @Nullable ProbeReply reply, @Nullable Throwable fault) {
        boolean awaited = run == candidate && candidate.asking;
        if (reply == null) {
            if (awaited) {
                free(candidate);
                cluster.failed(circuit.now(), fault);
            }
            return;
        }
        cluster.heard(reply.state());
        boolean inTime = awaited && candidate.deadline - circuit.now() > 0;
        long stay = reply.state().epoch();
        if (reply.granted() && inTime && !closed && circuit.isIn(candidate.phase) && cluster.isIn(stay)) {
            candidate.asking = false;
            candidate.epoch = stay;
            deny(candidate.phase, heldUntil(candidate));
            start(candidate);
            return;
        }
        if (reply.granted()) {
            CompletableFuture<?> unused = giveBack(cluster, stay, lease);
        }
        if (awaited) {
            long pause = Math.min(reply.retryAfter().toNanos(), LONGEST_DENIAL);
            deny(
                    candidate.phase,
                    circuit.now() + Math.max(pause, cluster.settings().syncInterval()));
            free(candidate);
        }
    }

    private void deny(Phase phase, long until) {
        denied = phase;
        deniedUntil = until;
    }

    /* The lease began after it was asked for, so it is held at least until then plus its term. */
    private static long heldUntil(HealthRun elected) {
        return elected.deadline + GRACE.toNanos();
    }

    private CompletableFuture<?> giveBack(Sharing cluster, long stay, String lease) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        SharedStore store = cluster.settings().store();
        circuit.effect(() -> Calls.attempt(() -> store.complete(circuit.name(), stay, lease, ProbeOutcome.RETURNED))
                .whenComplete((state, fault) -> done.complete("given back, or ends by itself")));
        return done;
    }

    private void free(HealthRun ended) {
        if (run == ended) {
            run = null;
            threads.release();
        }
    }

    // ---- run

    private void start(HealthRun started) {
        timeout = circuit.timers()
                .after(started.deadline - circuit.now(), () -> circuit.exclusively(() -> expired(started)));
        circuit.effect(() ->
                threads.run(() -> started.run(finding -> circuit.exclusively(() -> ended(started, finding)))));
    }

    private void expired(HealthRun late) {
        if (run == late && !late.settled) {
            circuit.effect(late::interrupt);
            String problem = "no result after " + (late.deadline - late.began) / 1_000_000 + " ms";
            circuit.outcomes().remember(new TimeoutException(problem), circuit.now());
            settle(late, new HealthRun.Finding(problem, null));
        }
    }

    private void ended(HealthRun over, HealthRun.Finding finding) {
        if (timeout != null) {
            timeout.cancel();
        }
        settle(over, finding);
        free(over);
    }

    private void settle(HealthRun over, HealthRun.Finding finding) {
        if (over.settled) {
            return;
        }
        over.settled = true;
        boolean outlived = over.lease != null && heldUntil(over) - circuit.now() <= 0;
        if (!circuit.isIn(over.phase) || outlived) {
            log.debug("The health probe of circuit breaker '{}' ended too late to matter", circuit.name());
        } else if (finding.problem() == null) {
            succeeded(over.phase);
        } else {
            failed(over.phase, finding.problem(), finding.retryAfter());
        }
    }

    private void succeeded(OpenPhase phase) {
        boolean half = circuit.config().healthProbeResult() == BreakerConfig.HealthProbeResult.HALF_OPEN;
        circuit.transitions()
                .leave(
                        phase,
                        half ? Kind.HALF_OPEN : Kind.CLOSED,
                        half ? circuit.config().maxWaitDurationInHalfOpenState().toNanos() : 0,
                        half ? phase.opens() : 0,
                        "the health probe succeeded");
    }

    private void failed(OpenPhase phase, String problem, @Nullable Duration retryAfter) {
        int opens = phase.opens() + 1;
        long due = circuit.rules().waits().nanos(opens);
        long wait = retryAfter == null ? due : Math.max(due, retryAfter.toNanos());
        log.debug(
                "Circuit breaker '{}' stays OPEN for {} ms more: the health probe failed: {}",
                circuit.name(),
                wait / 1_000_000,
                problem);
        circuit.transitions().leave(phase, Kind.OPEN, wait, opens, "the health probe failed: " + problem);
    }

    /** Ends all probing; done when the lease that is held has been given back, so that another instance may go on. */
    CompletableFuture<?> close() {
        closed = true;
        HealthRun last = run;
        if (last != null && last.asking) {
            free(last);
        }
        if (last == null || last.asking || last.settled) {
            return CompletableFuture.completedFuture(null);
        }
        last.settled = true;
        circuit.effect(last::interrupt);
        Sharing cluster = circuit.sharing();
        return last.lease == null || cluster == null
                ? CompletableFuture.completedFuture(null)
                : giveBack(cluster, last.epoch, last.lease);
    }
}
