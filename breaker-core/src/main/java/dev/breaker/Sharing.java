package dev.breaker;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of the cluster as one instance knows it, and what that instance has yet to tell the others. What is known never
 * goes back to an earlier epoch; one proposal is under way at a time. Used under the circuit's lock; talks to the store only
 * through the circuit's effects, which run after the lock is released.
 */
final class Sharing {

    /**
     * How a registry's circuits exchange with the store. Durations in nanoseconds. The numbers of the last batch and the last
     * lease are common to all circuits, so that one that is created anew does not begin with numbers that the store has seen.
     */
    record Settings(
            SharedStore store,
            long syncInterval,
            long pollInterval,
            StoreOutage outage,
            ExchangeCounts exchanges,
            AtomicLong batches,
            AtomicLong leases) {}

    private final Circuit circuit;
    private final Settings settings;
    private final PooledWindow window;
    private final Exchange exchange;

    private volatile SharedState known = SharedState.initial();
    private boolean proposing;
    private long proposed;
    private @Nullable String resetCause;

    private @Nullable Suspicion suspicion;
    /* Whether the exchange under way began after the suspicion and tells everything: only its answer can settle it. */
    private boolean asked;

    Sharing(Circuit circuit, Settings settings, WindowSpec shape) {
        this.circuit = circuit;
        this.settings = settings;
        this.window = new PooledWindow(shape, settings.batches::incrementAndGet, circuit.now());
        this.exchange = new Exchange(circuit, this, settings, window);
    }

    SharedState known() {
        return known;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Whether the store answers, as far as is known. */
    boolean isActive() {
        return exchange.isActive();
    }

    /** Age of the totals in nanoseconds, negative if there are none. */
    long staleness(long now) {
        return window.staleness(now);
    }

    // ---- outcomes

    /** Notes an outcome for the next batch, if the cluster is CLOSED. */
    void add(long now, boolean failure, boolean slow) {
        if (known.kind() == Kind.CLOSED) {
            window.add(now, failure, slow);
        }
    }

    /** As {@link #add} for quick successes since some moment. */
    void addSuccesses(long now, long since, int times) {
        if (known.kind() == Kind.CLOSED) {
            window.addSuccesses(now, since, times);
        }
    }

    /** The cluster's window as far as this instance can know, or nothing while it is cut off. */
    Tally view(long now) {
        return isActive() ? window.view(now) : Tally.NONE;
    }

    /** This instance opened by itself; finds out whether the cluster must. */
    void suspect(long now, Suspicion why) {
        suspicion = why;
        asked = false;
        exchange.urge(now);
    }

    /** The circuit closed on this instance alone, so failures from before the outage are no news any more. */
    void forgetOutage() {
        if (exchange.isDegraded()) {
            window.forget();
        }
        suspicion = null;
    }

    /** The configuration has changed, and perhaps the shape of the window, which then needs all that the phase has counted. */
    void reshape(long now, Phase automatic) {
        if (window.reshape(now, circuit.windowSpec(), counted(automatic))) {
            asked = false;
            exchange.abandon();
            exchange.urge(now);
        }
    }

    private @Nullable Recorded counted(Phase automatic) {
        Phase counting = suspicion == null ? automatic : suspicion.before();
        boolean together = known.kind() == Kind.CLOSED && counting.scope() == BreakerScope.CLUSTER;
        return together && counting instanceof ClosedPhase closed ? closed.recorded() : null;
    }

    // ---- exchange

    /** Exchanges with the store if it is time to. */
    void tick(long now) {
        if (proposing && now - proposed > Exchange.GIVE_UP) {
            proposing = false;
        }
        exchange.tick(now);
    }

    /** Whether the store has something to hear or to say. */
    boolean hasNews() {
        return window.hasNews() || suspicion != null || owes() || known.kind() == Kind.HALF_OPEN;
    }

    /** An exchange begins. */
    void asking() {
        asked = suspicion != null && window.isUnderWay();
    }

    /**
     * The store answered.
     *
     * @return false if another exchange has to follow at once
     */
    boolean answered(long now, SyncReply reply) {
        boolean overrideLost = circuit.overrides().follow(reply.override());
        circuit.refresh();
        long epoch = reply.state().epoch();
        boolean lost = epoch < known.epoch();
        if (lost || overrideLost) {
            putBack();
        }
        if (epoch > known.epoch()) {
            follow(reply.state());
            window.fetched(now, reply.totals());
        } else if (!lost) {
            boolean badNews = window.acknowledged();
            window.fetched(now, reply.totals());
            update(reply.state());
            judge(badNews, asked ? suspicion : null);
        }
        boolean settled = lost || suspicion == null || asked;
        sendUnsent();
        return settled;
    }

    /** The store did not answer some operation. */
    void failed(long now, @Nullable Throwable fault) {
        if (!exchange.isClosed()) {
            exchange.failed(now, fault);
            proposing = false;
            suspicion = null;
            circuit.announceOpening();
        }
    }

    /* The store lost its data; the survivors put the newest record back. */
    private void putBack() {
        SharedState state = withRemaining(known, circuit.remainingNanos());
        SharedOverride override = circuit.overrides().now();
        ask(() -> settings.store.adopt(circuit.name(), state, override), kept -> {
            if (kept.epoch() < known.epoch()) {
                failed(circuit.now(), new IllegalStateException("the store does not keep what it is given"));
            } else {
                heard(kept);
                exchange.urge(circuit.now());
            }
        });
    }

    /* Asks the store once the lock is free, and takes its answer under the lock again. */
    private <T> void ask(Supplier<CompletionStage<T>> operation, Consumer<T> answer) {
        circuit.effect(() -> Calls.attempt(operation)
                .whenComplete((reply, fault) -> circuit.exclusively(() -> {
                    if (reply == null) {
                        failed(circuit.now(), fault);
                    } else {
                        answer.accept(reply);
                    }
                })));
    }

    private static SharedState withRemaining(SharedState state, long nanos) {
        return new SharedState(
                state.epoch(),
                state.kind(),
                state.elapsed(),
                Duration.ofNanos(Math.max(0, nanos)),
                state.opens(),
                state.instance(),
                state.cause(),
                state.probes());
    }

    // ---- the cluster's state

    /** Takes note of a state that the store answered or announced; an older one says nothing. */
    void heard(SharedState state) {
        if (exchange.isClosed()) {
            return;
        }
        if (state.epoch() > known.epoch()) {
            follow(state);
        } else if (state.epoch() == known.epoch()) {
            update(state);
        }
    }

    private void follow(SharedState state) {
        boolean firstNews = !window.isFetched() && known.epoch() == 0 && state.kind() == Kind.CLOSED;
        boolean ours = state.instance().equals(circuit.instance());
        known = state;
        exchange.news(circuit.now());
        proposing = false;
        asked = false;
        if (ours && state.kind() == Kind.CLOSED) {
            resetCause = null;
        }
        if (!firstNews || circuit.isInitial()) {
            suspicion = null;
            window.clear();
            circuit.enter(state, ours);
        }
    }

    private void update(SharedState state) {
        known = state;
        if (resetCause != null) {
            propose(closedState(resetCause));
            return;
        }
        circuit.rejoin(state);
        if (state.kind() == Kind.HALF_OPEN) {
            judgeProbes(state);
        }
    }

    private void judgeProbes(SharedState state) {
        int done = state.probes().successes() + state.probes().failures();
        switch (circuit.thresholds().judge(state.probes())) {
            case RECOVERED -> propose(closedState(state.probes().successes() + " of " + done + " probes succeeded"));
            case STILL_FAILING ->
                proposeOpen(state.probes().failures() + " of " + done + " probes failed", state.opens() + 1);
            case UNDECIDED -> {
                Duration limit = circuit.config().maxWaitDurationInHalfOpenState();
                if (!limit.isZero() && state.elapsed().compareTo(limit) >= 0) {
                    proposeOpen(circuit.undecided(), state.opens() + 1);
                }
            }
        }
    }

    /* Judges the pooled window after this instance reported a bad call or opened by itself. */
    private void judge(boolean badNews, @Nullable Suspicion suspect) {
        if (known.kind() != Kind.CLOSED || (!badNews && suspect == null)) {
            return;
        }
        if (suspect != null && suspect.certain()) {
            propose(circuit.newState(Kind.OPEN, suspect.waitNanos(), 1, suspect.cause()));
            return;
        }
        Tally cluster = Tally.of(window.totals());
        String cause = circuit.thresholds().crossedByWindow(cluster);
        String streak = circuit.thresholds().crossedByStreak(cluster);
        if (cause == null && streak != null && peersAreSilent()) {
            cause = streak;
        }
        if (cause != null) {
            proposeOpen(cause, 1);
        } else if (suspect != null && streak == null) {
            suspicion = null;
            if (suspect.own()) {
                circuit.announceOpening();
            } else {
                circuit.takeOpeningBack(suspect.before());
            }
        }
    }

    /*
     * Failures in a row are the cluster's only if no other instance succeeds meanwhile. A success made just now may still be
     * on its way, so as long as a peer's last known success is younger than two synchronisations the question stays open.
     */
    private boolean peersAreSilent() {
        Duration age = window.totals().peerSuccessAge();
        return age == null || age.toNanos() >= 2 * settings.syncInterval;
    }

    // ---- proposals

    /** Proposes to open again, or for the first time. */
    void proposeOpen(String cause, int opens) {
        propose(circuit.newState(Kind.OPEN, circuit.waits().nanos(opens), opens, cause));
    }

    private SharedState closedState(String cause) {
        return circuit.newState(Kind.CLOSED, 0, 0, cause);
    }

    /** Proposes a state to follow the known one; whoever proposes first wins, and all follow the winner. */
    void propose(SharedState next) {
        if (proposing || exchange.isClosed()) {
            return;
        }
        proposing = true;
        proposed = circuit.now();
        long epoch = known.epoch();
        ask(() -> settings.store.transition(circuit.name(), epoch, next), state -> {
            proposing = false;
            heard(state);
        });
    }

    /** Closes the circuit of the whole cluster, now or as soon as the store answers. */
    void reset(String cause) {
        resetCause = cause;
        window.forget();
        suspicion = null;
        if (isActive()) {
            propose(closedState(cause));
        }
    }

    /** Whether the store has yet to be told what an operator decided here. */
    boolean owes() {
        return resetCause != null || circuit.overrides().unsent() != null;
    }

    /** Tells the store of an override that was decided here. */
    void sendUnsent() {
        SharedOverride unsent = circuit.overrides().unsent();
        if (unsent == null || !isActive()) {
            return;
        }
        ask(
                () -> settings.store.override(circuit.name(), unsent),
                stored -> circuit.overrides().sent(unsent, stored));
    }

    /**
     * Why this instance opened by itself.
     *
     * @param cause in words
     * @param waitNanos how long to stay open
     * @param certain whether the cluster must open too, whatever its window says
     * @param own whether what this instance saw suffices, without what it knew of others
     * @param before the phase that ended
     */
    record Suspicion(String cause, long waitNanos, boolean certain, boolean own, ClosedPhase before) {}
}
