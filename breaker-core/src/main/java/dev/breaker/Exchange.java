package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * When one circuit exchanges with the store, and whether the store answers. One exchange is under way at a time, and an answer
 * that comes after it was given up says nothing. Used under the circuit's lock.
 */
final class Exchange {

    /** A well-behaved store fails by itself long before; this is for the others. Nanoseconds. */
    static final long GIVE_UP = Duration.ofSeconds(2).toNanos();

    /* The first answer waits for a connection. */
    private static final long GIVE_UP_FIRST = Duration.ofSeconds(10).toNanos();
    private static final int LONGEST_BACKOFF = 8;
    private static final int URGENT_SHARE = 10;

    private final Circuit circuit;
    private final Sharing sharing;
    private final SharingSettings settings;
    private final PooledWindow window;

    private boolean underWay;
    private long number;
    private long began;
    private boolean again;
    private long nextSync;
    private final Polls polls;

    private volatile boolean degraded;
    private int faults;
    private long nextAttempt;
    private volatile boolean closed;

    Exchange(Circuit circuit, Sharing sharing, SharingSettings settings, PooledWindow window) {
        this.circuit = circuit;
        this.sharing = sharing;
        this.settings = settings;
        this.window = window;
        long now = circuit.now();
        this.polls = new Polls(settings.pollInterval(), now);
        nextSync = nextAttempt = now;
    }

    /** Whether the store answers, as far as is known. */
    boolean isActive() {
        return !degraded && !closed;
    }

    boolean isDegraded() {
        return degraded;
    }

    boolean isClosed() {
        return closed;
    }

    // ---- when

    /** Begins if it is time to. */
    void tick(long now) {
        if (underWay && now - began > (window.isFetched() ? GIVE_UP : GIVE_UP_FIRST)) {
            answered(now, null, new TimeoutException("no answer from the store"));
        }
        if (idle(now) < settings.pollInterval()) {
            polls.hurry(now);
        }
        boolean regular = now - nextSync >= 0 && sharing.hasNews();
        if ((regular || polls.isDue(now)) && !underWay && now - nextAttempt >= 0) {
            begin(now);
        }
    }

    /* For how long nobody has needed the circuit: one of many, that is closed for all and that no operator has overridden. */
    private long idle(long now) {
        boolean calm = circuit.isKeyed()
                && sharing.known().kind() == Kind.CLOSED
                && circuit.phases().automatic() instanceof ClosedPhase
                && !circuit.overrides().isDecided();
        return calm ? circuit.idleness().nanos(now) : 0;
    }

    /** Others have moved the circuit. */
    void news(long now) {
        polls.news(now);
    }

    /**
     * A bad call was recorded that did not open the circuit: asks the store at once if it is half-way to opening or if what is
     * known of others is old.
     */
    void badCall(long now, boolean nearOpening) {
        long pause = nearOpening ? settings.syncInterval() / URGENT_SHARE : settings.syncInterval();
        if (now - began >= pause) {
            urge(now);
        }
    }

    /** Begins as soon as possible: now, or right after the one under way. */
    void urge(long now) {
        if (underWay) {
            again = true;
        } else if (now - nextAttempt >= 0) {
            begin(now);
        }
    }

    /** The store can be reached again, or messages may have been missed: whatever the back-off says. */
    void urgeAnyway(long now) {
        nextAttempt = now;
        urge(now);
    }

    // ---- one exchange

    private void begin(long now) {
        if (closed) {
            return;
        }
        underWay = true;
        began = now;
        nextSync = now + onTick(settings.syncInterval());
        long id = ++number;
        WindowSpec shape = window.shape();
        Batch batch = window.batch(sharing.known().epoch(), now);
        circuit.openings().asking(window.isUnderWay());
        circuit.effect(() -> send(shape, batch)
                .whenComplete((reply, fault) -> circuit.exclusively(() -> {
                    if (id == number && underWay) {
                        answered(circuit.now(), reply, fault);
                    }
                })));
    }

    private CompletionStage<SyncReply> send(WindowSpec shape, @Nullable Batch batch) {
        return Calls.attempt(() -> settings.store().sync(circuit.name(), shape, circuit.instance(), batch));
    }

    private void answered(long now, @Nullable SyncReply reply, @Nullable Throwable fault) {
        underWay = false;
        if (closed) {
            return;
        }
        if (reply == null) {
            settings.exchanges().failed();
            sharing.failed(now, fault);
            return;
        }
        settings.exchanges().answered(now - began);
        recovered(now);
        polls.at(now + onTick(polls.pause(now, idle(now))));
        boolean settled = sharing.answered(now, reply);
        if (again || !settled) {
            again = false;
            begin(now);
        }
    }

    /*
     * How long to wait so that the tick that notices the end comes after the interval on average. Ticks are far apart: without
     * the random part of one, every interval would be rounded up, 250 ms to 300, and the jitter with it.
     */
    private long onTick(long interval) {
        return circuit.jittered(interval) - circuit.partOf(Upkeep.tickNanos(settings.syncInterval()));
    }

    /** Expects nothing of the one under way any more. */
    void abandon() {
        underWay = false;
    }

    // ---- degradation

    /** The store did not answer some operation: leaves it alone, for longer each time. */
    void failed(long now, @Nullable Throwable fault) {
        again = false;
        faults++;
        long backoff = settings.syncInterval() * Math.min(LONGEST_BACKOFF, 1L << Math.min(faults - 1, 10));
        nextAttempt = now + circuit.jittered(backoff);
        polls.at(nextAttempt);
        if (!degraded) {
            degraded = true;
            String cause = Calls.describeRoot(fault);
            circuit.effect(() -> settings.outage().begins(circuit, cause));
        }
    }

    private void recovered(long now) {
        faults = 0;
        nextAttempt = now;
        if (degraded) {
            degraded = false;
            circuit.effect(() -> settings.outage().ends(circuit));
        }
    }

    // ---- end

    /** Sends what is left, and no more; done when the store has answered or failed. */
    CompletableFuture<?> close(long now) {
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        if (isActive()) {
            /* What is in flight goes out again under its number, then what was recorded since. */
            done = CompletableFuture.allOf(sendLast(now), sendLast(now));
        }
        closed = true;
        return done;
    }

    private CompletableFuture<?> sendLast(long now) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        WindowSpec shape = window.shape();
        Batch batch = window.batch(sharing.known().epoch(), now);
        window.acknowledged();
        if (batch == null) {
            done.complete("nothing to send");
        } else {
            circuit.effect(() -> send(shape, batch).whenComplete((reply, fault) -> done.complete("sent")));
        }
        return done;
    }

    /** The circuit is removed: closed, it does not wait for the store's return any more. */
    void leave() {
        if (degraded) {
            circuit.effect(() -> settings.outage().ends(circuit));
        }
    }
}
