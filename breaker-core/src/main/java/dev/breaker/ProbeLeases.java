package dev.breaker;

import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Leases probes of a shared circuit from the store, for callers that wait for the answer only so long.
 *
 * <p>At most as many requests are under way as a stay has probes, and a denial is remembered, so callers that cannot be
 * served cost the store nothing. A permit that comes too late for its caller is kept for the next one; so a slow store
 * delays probes but does not prevent them.
 */
final class ProbeLeases {

    private final Circuit circuit;
    private final Sharing sharing;
    private @Nullable Deque<Probe> spares;
    private int asking;
    private long askedAt;
    private long forgotten;
    private long asked;
    /* Null while there are spares. */
    private volatile @Nullable Deadline denial;

    ProbeLeases(Circuit circuit, Sharing sharing) {
        this.circuit = circuit;
        this.sharing = sharing;
    }

    /** A permit, or null if there is none or none in time. An event loop waits for none: what comes is for the next caller. */
    @Nullable
    Permit take() {
        if (isDenied()) {
            return null;
        }
        CompletableFuture<@Nullable Permit> answer = ask();
        try {
            boolean eventLoop = sharing.settings().eventLoop().getAsBoolean();
            return answer.get(eventLoop ? 0 : timeoutNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return giveUp(answer);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return giveUp(answer);
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    /** As {@link #take()} without waiting. */
    CompletableFuture<@Nullable Permit> takeAsync() {
        return ask().completeOnTimeout(null, timeoutNanos(), TimeUnit.NANOSECONDS);
    }

    /* Without a lock, as most callers of a half-open circuit end here. */
    private boolean isDenied() {
        Deadline end = denial;
        return end != null && end.nanosLeft() > 0;
    }

    /** Until when the store has no probe for this instance, as far as is known. Takes no lock. */
    @Nullable
    Deadline denial() {
        return denial;
    }

    private static @Nullable Permit giveUp(CompletableFuture<@Nullable Permit> answer) {
        return answer.complete(null) ? null : answer.join();
    }

    private long timeoutNanos() {
        return circuit.config().halfOpenAcquireTimeout().toNanos();
    }

    private CompletableFuture<@Nullable Permit> ask() {
        long now = circuit.now();
        long number;
        synchronized (this) {
            Probe spare = spare(now);
            if (spare != null) {
                return CompletableFuture.completedFuture(spare);
            }
            if (isDenied() || asking >= permitted()) {
                return CompletableFuture.completedFuture(null);
            }
            denial = null;
            asking++;
            askedAt = now;
            number = ++asked;
        }
        CompletableFuture<@Nullable Permit> answer = new CompletableFuture<>();
        ProbeRequest request = new ProbeRequest(
                circuit.healthProbes().purposeOfCalls(),
                sharing.settings().newLease(circuit.instance() + ":"),
                circuit.instance(),
                circuit.config().probeLease(),
                permitted(),
                circuit.config().maxWaitDurationInHalfOpenState());
        Calls.attempt(() -> sharing.settings().store().permit(circuit.name(), request))
                .whenComplete((reply, fault) -> {
                    synchronized (this) {
                        asking -= number > forgotten ? 1 : 0;
                    }
                    if (reply == null) {
                        circuit.exclusively(() -> sharing.failed(circuit.now(), fault));
                        offer(answer, circuit.admission().probeWithoutStore());
                    } else {
                        answered(reply, request, now, answer);
                    }
                });
        return answer;
    }

    private void answered(
            ProbeReply reply, ProbeRequest request, long sent, CompletableFuture<@Nullable Permit> answer) {
        circuit.exclusively(() -> sharing.heard(reply.state()));
        if (reply.granted()) {
            Probe probe = new Probe(reply.state().epoch(), request.lease(), sent, request.term());
            if (sharing.isIn(probe.epoch)) {
                offer(answer, probe);
                return;
            }
            probe.report(ProbeOutcome.RETURNED);
        }
        Permit permit = circuit.admission().acquireWithoutStore();
        if (permit == null && !reply.granted()) {
            /* Of a stay that is over, the denial says nothing any more. */
            circuit.exclusively(() -> {
                if (sharing.isIn(reply.state().epoch())) {
                    deny(reply.retryAfter());
                }
            });
        }
        offer(answer, permit);
    }

    /* Whoever asked may have stopped waiting. */
    private void offer(CompletableFuture<@Nullable Permit> answer, @Nullable Permit permit) {
        if (answer.complete(permit) || permit == null) {
            return;
        }
        if (permit instanceof Probe probe) {
            keep(probe);
            if (circuit.timers().isStopped()) {
                returnIdle(circuit.now(), 0);
            }
        } else {
            permit.ignore();
        }
    }

    private synchronized void keep(Probe probe) {
        if (spares == null) {
            spares = new ArrayDeque<>(1);
        }
        spares.add(probe);
        denial = null;
    }

    private synchronized void deny(Duration retryAfter) {
        if (spares == null || spares.isEmpty()) {
            denial = circuit.deadlineIn(
                    Math.max(retryAfter.toNanos(), sharing.settings().syncInterval()));
        }
    }

    private @Nullable Probe spare(long now) {
        for (Probe probe; spares != null && (probe = spares.poll()) != null; ) {
            if (probe.endsAt - now > 0 && sharing.isIn(probe.epoch)) {
                return probe;
            }
        }
        return null;
    }

    /** Takes note of what runs in the cluster: a free permit ends a denial. */
    synchronized void update(Probes probes) {
        if (probes.leased() + probes.successes() + probes.failures() < probes.permitted()) {
            denial = null;
        }
    }

    /** Forgets everything about an earlier stay. */
    synchronized void clear() {
        spares = null;
        denial = null;
    }

    /** Gives spare permits back that nobody has asked for, and waits no more for requests that were never answered. */
    void returnIdle(long now, long idleNanos) {
        forgetUnanswered(now);
        for (Probe probe; (probe = idle(now, idleNanos)) != null; ) {
            probe.report(ProbeOutcome.RETURNED);
        }
    }

    private synchronized void forgetUnanswered(long now) {
        if (asking > 0 && now - askedAt > Exchange.GIVE_UP) {
            asking = 0;
            forgotten = asked;
        }
    }

    private synchronized @Nullable Probe idle(long now, long idleNanos) {
        if (spares == null) {
            return null;
        }
        Probe oldest = spares.peek();
        return oldest != null && now - oldest.sent >= idleNanos ? spares.poll() : null;
    }

    private int permitted() {
        return circuit.config().permittedNumberOfCallsInHalfOpenState();
    }

    /** A probe that the store leased. */
    final class Probe extends ProbePermit {

        private final long epoch;
        private final String lease;
        private final long sent;
        private final long endsAt;

        /* The lease began after it was asked for, so it is held at least until then plus its term. */
        private Probe(long epoch, String lease, long sent, Duration term) {
            super(circuit);
            this.epoch = epoch;
            this.lease = lease;
            this.sent = sent;
            this.endsAt = sent + term.toNanos();
        }

        long epoch() {
            return epoch;
        }

        @Override
        boolean isCurrent() {
            return sharing.isIn(epoch);
        }

        @Override
        void report(ProbeOutcome outcome) {
            Calls.attempt(() -> sharing.settings().store().complete(circuit.name(), epoch, lease, outcome))
                    .whenComplete((state, fault) -> reported(state, fault, outcome));
        }

        private void reported(@Nullable SharedState state, @Nullable Throwable fault, ProbeOutcome outcome) {
            if (state == null) {
                circuit.exclusively(() -> sharing.failed(circuit.now(), fault));
                circuit.transitions().probeOrphaned(epoch, outcome);
            } else {
                circuit.exclusively(() -> sharing.heard(state));
            }
        }
    }
}
