package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.Totals;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one circuit knows of the cluster, and its exchange with the store. Used under the circuit's lock; talks to the store
 * only through the circuit's effects, which run after the lock is released.
 *
 * <p>The view of the cluster is the totals of the last answer, plus the outcomes in flight, plus those recorded since. One
 * exchange is under way at a time; a batch keeps its number until the store acknowledges it, so a lost reply neither loses
 * nor repeats a count.
 */
final class Sharing {

    /**
     * How a registry's circuits exchange with the store. Durations in nanoseconds. The numbers of the last batch and the last
     * lease are common to all circuits, so that one that is created anew does not begin with numbers that the store has seen.
     */
    record Settings(
            SharedStore store,
            String instance,
            long syncInterval,
            long pollInterval,
            StoreOutage outage,
            ExchangeCounts exchanges,
            AtomicLong batches,
            AtomicLong leases) {}

    /* A well-behaved store fails by itself long before; this is for the others. The first answer waits for a connection. */
    private static final long GIVE_UP = Duration.ofSeconds(2).toNanos();
    private static final long GIVE_UP_FIRST = Duration.ofSeconds(10).toNanos();
    private static final int LONGEST_BACKOFF = 8;
    private static final int URGENT_SHARE = 10;
    private static final int MOST_LEFT = 4;

    private final Circuit circuit;
    private final Settings settings;
    private WindowSpec window;

    private volatile SharedState known = SharedState.initial();
    private Totals totals = Totals.NONE;
    private long fetchedAt;
    private boolean fetched;

    private Unreported unreported;
    /* Windows of other shapes that know this instance in this stay: if it returns to one, that is told what it has missed. */
    private final Map<WindowSpec, Unreported> left = new LinkedHashMap<>();

    private boolean exchanging;
    private long exchange;
    private long exchangeBegan;
    private boolean again;
    private long nextSync;
    private final Polls polls;

    private volatile boolean degraded;
    private int faults;
    private long nextAttempt;

    private @Nullable Suspicion suspicion;
    /* Whether the exchange under way began after the suspicion and tells everything: only its answer can settle it. */
    private boolean asked;
    private boolean proposing;
    private long proposed;
    private @Nullable String resetCause;
    private volatile boolean closed;

    Sharing(Circuit circuit, Settings settings, WindowSpec window) {
        this.circuit = circuit;
        this.settings = settings;
        this.window = window;
        this.unreported = new Unreported(window, settings.batches::incrementAndGet);
        long now = circuit.now();
        this.polls = new Polls(settings.pollInterval, now);
        nextSync = nextAttempt = fetchedAt = now;
    }

    SharedState known() {
        return known;
    }

    /** Whether the store answers, as far as is known. */
    boolean isActive() {
        return !degraded && !closed;
    }

    boolean isDegraded() {
        return degraded;
    }

    /** Age of the totals in nanoseconds, negative if there are none. */
    long staleness(long now) {
        return fetched ? now - fetchedAt : -1;
    }

    // ---- outcomes

    /** Notes an outcome for the next batch. */
    void add(long now, boolean failure, boolean slow) {
        unreported.add(now, failure, slow);
        left.values().forEach(other -> other.add(now, failure, slow));
    }

    /** Notes quick successes since some moment. */
    void addSuccesses(long now, long since, int times) {
        unreported.addSuccesses(now, since, times);
        left.values().forEach(other -> other.addSuccesses(now, since, times));
    }

    /** The cluster's window as far as this instance can know, or nothing while it is cut off. */
    Tally view(long now) {
        if (!isActive()) {
            return Tally.NONE;
        }
        return unreported.onTopOf(tally(totals, isOutdated(now)), now);
    }

    /* Nothing is left in the window of what was in it a whole window ago; only a streak has no age. */
    private static Tally tally(Totals totals, boolean outdated) {
        return outdated ? new Tally(0, 0, 0, totals.streak()) : tally(totals);
    }

    private boolean isOutdated(long now) {
        return window.kind() == WindowSpec.Kind.TIME
                && now - fetchedAt > window.slot().toNanos() * window.size();
    }

    private static Tally tally(Totals totals) {
        return new Tally(totals.calls(), totals.failures(), totals.slow(), totals.streak());
    }

    /**
     * A bad call was recorded that did not open the circuit: asks the store at once if it is half-way to opening or if what is
     * known of others is old.
     */
    void badCall(long now, boolean nearOpening) {
        long pause = nearOpening ? settings.syncInterval / URGENT_SHARE : settings.syncInterval;
        if (now - exchangeBegan >= pause) {
            urge(now);
        }
    }

    /** This instance opened by itself; finds out whether the cluster must. */
    void suspect(long now, Suspicion why) {
        suspicion = why;
        asked = false;
        urge(now);
    }

    /** The circuit closed on this instance alone, so failures from before the outage are no news any more. */
    void forgetOutage() {
        if (degraded) {
            forget();
        }
        suspicion = null;
    }

    private void forget() {
        unreported.clear();
        left.clear();
    }

    /**
     * The configuration has changed, and perhaps the shape of the window. The shared window of the new shape may hold what
     * others have counted, but nothing of this instance: it is told all of it. What is under way to the old one is not lost, as
     * it is part of that. A bad call that was counted already opens nothing now.
     *
     * @param automatic the phase, which knows all that this instance has counted
     */
    void reshape(long now, WindowSpec shape, Phase automatic) {
        unreported.settle();
        if (shape.equals(window)) {
            return;
        }
        Unreported known = left.remove(shape);
        Unreported next = known == null ? unreported.in(shape, now, counted(automatic)) : known;
        next.settle();
        left.put(window, unreported);
        if (left.size() > MOST_LEFT) {
            left.remove(left.keySet().iterator().next());
        }
        window = shape;
        unreported = next;
        totals = Totals.NONE;
        abandonExchange();
        urge(now);
    }

    private @Nullable Recorded counted(Phase automatic) {
        Phase counting = suspicion == null ? automatic : suspicion.before();
        boolean together = known.kind() == Kind.CLOSED && counting.scope() == BreakerScope.CLUSTER;
        return together && counting instanceof ClosedPhase closed ? closed.recorded() : null;
    }

    private void abandonExchange() {
        exchanging = false;
        exchange++;
        asked = false;
    }

    // ---- exchange

    /** Exchanges with the store if it is time to. */
    void tick(long now) {
        if (exchanging && now - exchangeBegan > (fetched ? GIVE_UP : GIVE_UP_FIRST)) {
            exchanging = false;
            settings.exchanges.failed();
            failed(now, new TimeoutException("no answer from the store"));
        }
        if (proposing && now - proposed > GIVE_UP) {
            proposing = false;
        }
        if (idle(now) < settings.pollInterval) {
            polls.hurry(now);
        }
        boolean regular = now - nextSync >= 0 && hasNews();
        if ((regular || polls.isDue(now)) && !exchanging && now - nextAttempt >= 0) {
            start(now);
        }
    }

    /* For how long nobody has needed the circuit: one of many, that is closed for all and over which nothing stands. */
    private long idle(long now) {
        boolean calm = circuit.isKeyed()
                && known.kind() == Kind.CLOSED
                && circuit.current().state() == BreakerState.CLOSED;
        return calm ? circuit.idleness().nanos(now) : 0;
    }

    private boolean hasNews() {
        return !unreported.isEmpty() || suspicion != null || owes() || known.kind() == Kind.HALF_OPEN;
    }

    /** Exchanges as soon as possible: now, or right after the exchange under way. */
    void urge(long now) {
        if (exchanging) {
            again = true;
        } else if (now - nextAttempt >= 0) {
            start(now);
        }
    }

    /** The store can be reached again, or messages may have been missed. */
    void urgeAnyway(long now) {
        nextAttempt = now;
        urge(now);
    }

    private void start(long now) {
        if (closed) {
            return;
        }
        exchanging = true;
        exchangeBegan = now;
        nextSync = now + circuit.jittered(settings.syncInterval);
        long id = ++exchange;
        Batch batch = unreported.batch(known.epoch(), now);
        asked = suspicion != null && unreported.isUnderWay();
        WindowSpec shape = window;
        circuit.effect(() -> Calls.attempt(() -> settings.store.sync(circuit.name(), shape, settings.instance, batch))
                .whenComplete((reply, fault) -> circuit.exclusively(() -> {
                    if (id == exchange && exchanging) {
                        answered(circuit.now(), reply, fault);
                    }
                })));
    }

    private void answered(long now, @Nullable SyncReply reply, @Nullable Throwable fault) {
        exchanging = false;
        if (closed) {
            return;
        }
        if (reply == null) {
            settings.exchanges.failed();
            failed(now, fault);
            return;
        }
        settings.exchanges.answered(now - exchangeBegan);
        recovered(now);
        polls.at(now + circuit.jittered(polls.pause(now, idle(now))));
        boolean overrideLost = circuit.overrides().follow(reply.override());
        circuit.refresh();
        long epoch = reply.state().epoch();
        if (epoch < known.epoch() || overrideLost) {
            putBack();
        }
        if (epoch > known.epoch()) {
            follow(reply.state());
            count(now, reply.totals());
        } else if (epoch == known.epoch()) {
            boolean badNews = unreported.endsBadly();
            unreported.acknowledged();
            count(now, reply.totals());
            update(reply.state());
            judge(badNews, asked ? suspicion : null);
        }
        again |= epoch >= known.epoch() && suspicion != null && !asked;
        sendUnsent();
        if (again) {
            again = false;
            start(now);
        }
    }

    private void count(long now, Totals answer) {
        totals = answer;
        fetched = true;
        fetchedAt = now;
    }

    // ---- degradation

    /** The store did not answer some operation. */
    void failed(long now, @Nullable Throwable fault) {
        if (closed) {
            return;
        }
        again = false;
        faults++;
        long backoff = settings.syncInterval * Math.min(LONGEST_BACKOFF, 1L << Math.min(faults - 1, 10));
        nextAttempt = now + circuit.jittered(backoff);
        polls.at(nextAttempt);
        proposing = false;
        suspicion = null;
        if (!degraded) {
            degraded = true;
            String cause = Calls.describeRoot(fault);
            circuit.effect(() -> settings.outage.begins(circuit, cause));
        }
        circuit.announceOpening();
    }

    private void recovered(long now) {
        faults = 0;
        nextAttempt = now;
        if (degraded) {
            degraded = false;
            circuit.effect(() -> settings.outage.ends(circuit));
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
                urge(circuit.now());
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
        if (closed) {
            return;
        }
        if (state.epoch() > known.epoch()) {
            follow(state);
        } else if (state.epoch() == known.epoch()) {
            update(state);
        }
    }

    private void follow(SharedState state) {
        boolean firstNews = !fetched && known.epoch() == 0 && state.kind() == Kind.CLOSED;
        boolean ours = state.instance().equals(settings.instance);
        known = state;
        polls.news(circuit.now());
        proposing = false;
        asked = false;
        if (ours && state.kind() == Kind.CLOSED) {
            resetCause = null;
        }
        if (!firstNews || circuit.isInitial()) {
            suspicion = null;
            totals = Totals.NONE;
            forget();
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
        Tally cluster = tally(totals);
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
        Duration age = totals.peerSuccessAge();
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
        if (proposing || closed) {
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
        forget();
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

    /** Sends what is left and ends the exchange; done when the store has answered or failed. */
    CompletableFuture<?> close(long now) {
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        if (!closed && !degraded) {
            /* What is in flight goes out again under its number, then what was recorded since. */
            done = CompletableFuture.allOf(sendLast(now), sendLast(now));
        }
        closed = true;
        return done;
    }

    /** The circuit is removed: closed, it does not wait for the store's return any more. */
    void leave() {
        if (degraded) {
            circuit.effect(() -> settings.outage.ends(circuit));
        }
    }

    private CompletableFuture<?> sendLast(long now) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        WindowSpec shape = window;
        Batch batch = unreported.batch(known.epoch(), now);
        unreported.acknowledged();
        if (batch == null) {
            done.complete("nothing to send");
        } else {
            circuit.effect(
                    () -> Calls.attempt(() -> settings.store.sync(circuit.name(), shape, settings.instance, batch))
                            .whenComplete((reply, fault) -> done.complete("sent")));
        }
        return done;
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
