package dev.breaker;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SyncReply;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of the cluster as one instance knows it, and what that instance has yet to tell the others. What is known never
 * goes back to an earlier epoch; one proposal is under way at a time. Used under the circuit's lock; talks to the store only
 * through the circuit's effects, which run after the lock is released.
 */
final class Sharing {

    private final Circuit circuit;
    private final SharingSettings settings;
    private final PooledWindow window;
    private final Exchange exchange;
    private final Follower follower;
    private final ProbeLeases leases;

    private volatile SharedState known = SharedState.initial();
    private boolean proposing;
    private long proposed;
    /* A proposal came to nothing. The counts behind it may be acknowledged, and so are no news that would bring it up again. */
    private boolean thwarted;
    private @Nullable String resetCause;

    Sharing(Circuit circuit, SharingSettings settings) {
        this.circuit = circuit;
        this.settings = settings;
        this.window = new PooledWindow(circuit.rules().window(), settings.batches(), circuit.now());
        this.exchange = new Exchange(circuit, this, settings, window);
        this.follower = new Follower(circuit, this);
        this.leases = new ProbeLeases(circuit, this);
    }

    /** The cluster's state as far as this instance knows. */
    SharedState known() {
        return known;
    }

    /** Whether the cluster is in that stay, as far as this instance knows. */
    boolean isIn(long epoch) {
        return known.epoch() == epoch;
    }

    SharingSettings settings() {
        return settings;
    }

    /** The probes that the store leases. */
    ProbeLeases leases() {
        return leases;
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

    /** The circuit closed on this instance alone, so failures from before the outage are no news any more. */
    void forgetOutage() {
        if (exchange.isDegraded()) {
            window.forget();
        }
        circuit.openings().forget();
    }

    /** The configuration has changed, and perhaps the shape of the window, which then needs all that the phase has counted. */
    void reshape(long now, Phase automatic) {
        if (window.reshape(
                now, circuit.rules().window(), counted(circuit.openings().counting(automatic)))) {
            circuit.openings().askAgain();
            exchange.abandon();
            exchange.urge(now);
        }
    }

    private @Nullable Recorded counted(Phase counting) {
        boolean together = known.kind() == Kind.CLOSED && counting.scope() == BreakerScope.CLUSTER;
        return together && counting instanceof ClosedPhase closed ? closed.recorded() : null;
    }

    // ---- exchange

    /** Exchanges with the store if it is time to. */
    void tick(long now) {
        if (proposing && now - proposed > Exchange.GIVE_UP) {
            proposing = false;
            thwarted = true;
        }
        exchange.tick(now);
    }

    /** Whether the store has something to hear or to say. */
    boolean hasNews() {
        return window.hasNews() || circuit.openings().areUnsettled() || owes() || known.kind() == Kind.HALF_OPEN;
    }

    /**
     * The store answered.
     *
     * @return false if another exchange has to follow at once
     */
    boolean answered(long now, SyncReply reply) {
        boolean overrideLost = circuit.overrides().follow(reply.override());
        long epoch = reply.state().epoch();
        boolean lost = epoch < known.epoch();
        if (lost || overrideLost) {
            putBack();
        }
        if (epoch > known.epoch()) {
            follow(reply.state());
            window.fetched(now, reply.totals());
        } else if (!lost) {
            boolean badNews = window.acknowledged() || thwarted;
            thwarted = false;
            window.fetched(now, reply.totals());
            update(reply.state());
            circuit.openings().judge(this, reply.totals(), badNews);
        }
        boolean settled = lost || !circuit.openings().areUnasked();
        sendUnsent();
        return settled;
    }

    /** The store did not answer some operation. */
    void failed(long now, @Nullable Throwable fault) {
        if (!exchange.isClosed()) {
            exchange.failed(now, fault);
            thwarted |= proposing;
            proposing = false;
            circuit.openings().unanswered();
        }
    }

    /* The store lost its data; the survivors put the newest record back. */
    private void putBack() {
        SharedState state = withRemaining(known, circuit.phases().automatic());
        SharedOverride override =
                circuit.overrides().unsent() == null ? circuit.overrides().now() : null;
        ask(() -> settings.store().adopt(circuit.name(), state, override), kept -> {
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

    private static SharedState withRemaining(SharedState state, Phase automatic) {
        return new SharedState(
                state.epoch(),
                state.kind(),
                state.elapsed(),
                automatic instanceof OpenPhase open ? open.deadline().left() : Duration.ZERO,
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
        Tally before = tallyOfStay(circuit.now());
        known = state;
        exchange.news(circuit.now());
        proposing = false;
        thwarted = false;
        circuit.openings().askAgain();
        if (ours && state.kind() == Kind.CLOSED) {
            resetCause = null;
        }
        if (!firstNews || circuit.phases().areInitial()) {
            circuit.openings().forget();
            window.clear();
            follower.enter(state, before, ours);
        } else if (ours
                && !circuit.openings().areUnsettled()
                && circuit.phases().announcer().held() != null) {
            circuit.phases().announce(state.cause(), BreakerScope.CLUSTER, state.epoch(), ours);
        }
    }

    /* Of a CLOSED cluster its window, also where this instance has opened before the others. */
    private Tally tallyOfStay(long now) {
        circuit.phases().fold(now);
        return isActive() && known.kind() == Kind.CLOSED
                ? window.view(now)
                : circuit.phases().automatic().tally(now);
    }

    private void update(SharedState state) {
        known = state;
        if (resetCause != null) {
            proposeClosed(resetCause);
        } else {
            follower.compare(state);
        }
    }

    // ---- proposals

    /** Proposes to open again, or for the first time. */
    void proposeOpen(String cause, int opens) {
        propose(Kind.OPEN, circuit.rules().waits().nanos(opens), opens, cause);
    }

    void proposeClosed(String cause) {
        propose(Kind.CLOSED, 0, 0, cause);
    }

    /** Proposes a state to follow the known one; whoever proposes first wins, and all follow the winner. */
    void propose(Kind kind, long remaining, int opens, String cause) {
        if (proposing || exchange.isClosed()) {
            return;
        }
        proposing = true;
        proposed = circuit.now();
        long epoch = known.epoch();
        int permitted = kind == Kind.HALF_OPEN ? circuit.config().permittedNumberOfCallsInHalfOpenState() : 0;
        SharedState next = new SharedState(
                0,
                kind,
                Duration.ZERO,
                Duration.ofNanos(remaining),
                opens,
                circuit.instance(),
                cause,
                new Probes(permitted, 0, 0, 0, 0));
        ask(() -> settings.store().transition(circuit.name(), epoch, next), state -> {
            proposing = false;
            heard(state);
        });
    }

    /** Closes the circuit of the whole cluster, now or as soon as the store answers. */
    void reset(String cause) {
        resetCause = cause;
        window.forget();
        circuit.openings().forget();
        if (isActive()) {
            proposeClosed(cause);
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
        int decision = circuit.overrides().sending(unsent);
        ask(
                () -> settings.store().override(circuit.name(), unsent),
                stored -> circuit.overrides().taken(decision, stored));
    }
}
