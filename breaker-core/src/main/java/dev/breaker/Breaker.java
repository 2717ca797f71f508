package dev.breaker;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride.Mode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One named circuit, shared by all instances of a service that have a store, each of which decides its calls from memory.
 *
 * <p>A CLOSED circuit makes every call and counts how it ends; too many failures or slow calls in the sliding window open it.
 * An OPEN circuit rejects calls until its wait is over; then it is HALF_OPEN and makes a few probes, which close it or open it
 * again. An operator's override stands above all this. The pattern is that of Michael Nygard's <em>Release It!</em>.
 *
 * <p>The easiest way to make a call is {@link #call}, {@link #run} or {@link #callAsync}. With {@link #acquire()} or
 * {@link #tryAcquire()} the caller completes the {@link Permit} itself:
 *
 * <pre>{@code
 * Permit permit = breaker.acquire();
 * long start = breaker.startNanos();
 * try {
 *     Offer offer = partner.offer(customer);
 *     permit.success(breaker.elapsedNanos(start));
 *     return offer;
 * } catch (IOException e) {
 *     permit.failure(e, breaker.elapsedNanos(start));
 *     throw e;
 * }
 * }</pre>
 *
 * <p>Obtained from a {@link BreakerRegistry}. Safe for use by many threads. While CLOSED or OPEN no method that admits a call
 * waits, takes a lock or allocates; HALF_OPEN, a caller may wait for the store for
 * {@link BreakerConfig#halfOpenAcquireTimeout()}.
 */
public final class Breaker {

    /** What {@link #startNanos()} says of a call that is not timed; zero may be a moment like any other. */
    private static final long UNTIMED = Long.MIN_VALUE;

    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_ACTOR = 200;

    private final Circuit circuit;
    private final @Nullable String family;

    /**
     * @param family name of the circuits of which this is one, null if it stands alone
     */
    Breaker(Circuit circuit, @Nullable String family) {
        this.circuit = circuit;
        this.family = family;
    }

    Circuit circuit() {
        return circuit;
    }

    /** Name of the circuit. */
    public String name() {
        return circuit.name();
    }

    /** Name without the key, if this is the circuit of one key: see {@link KeyedBreakers}. */
    public Optional<String> family() {
        return Optional.ofNullable(family);
    }

    /** Settings of the circuit now; {@link BreakerRegistry#reconfigure()} replaces them. */
    public BreakerConfig config() {
        return circuit.config();
    }

    /** State that decides about calls now. */
    public BreakerState state() {
        return circuit.current().state();
    }

    /** Everything that is known about the circuit now. */
    public BreakerSnapshot snapshot() {
        return circuit.snapshot();
    }

    /**
     * The probes of the present half-open stay: the cluster's where the whole cluster is half-open, as of the last exchange
     * with the store, else those of this instance. {@link Probes#NONE} unless the automatic state is HALF_OPEN.
     */
    public Probes probes() {
        return circuit.probes();
    }

    /** Calls of this instance since the circuit was created. */
    public BreakerTotals totals() {
        return circuit.outcomes().counts().totals();
    }

    /**
     * For how long this instance has not used the circuit: the time since the last tick of the registry, or since the creation,
     * that found a call ended or rejected. A tick comes every 100 ms, or every synchronisation interval if that is shorter; a
     * call is seen when it ends, not when it is admitted.
     */
    public Duration idleFor() {
        return Duration.ofNanos(circuit.idleness().nanos(circuit.now()));
    }

    /**
     * Counts an answer that was given in the place of a call, rejected or failed, in {@link BreakerTotals#fallbacks()}. For
     * those who answer; has no effect on the circuit.
     */
    public void countFallback() {
        circuit.outcomes().counts().fallbacks.increment();
    }

    /**
     * Makes a call if the circuit permits it.
     *
     * @return what the body returned
     * @throws CallNotPermittedException if the call is rejected; the body has not run
     * @throws Exception what the body threw, as it is
     */
    public <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
        Permit permit = acquire();
        long start = startNanos();
        T result;
        try {
            result = body.call();
        } catch (Throwable thrown) {
            permit.complete(null, thrown, elapsedNanos(start));
            throw thrown;
        }
        permit.complete(result, null, elapsedNanos(start));
        return result;
    }

    /**
     * Makes a call without result if the circuit permits it.
     *
     * @throws CallNotPermittedException if the call is rejected; the body has not run
     */
    public void run(Runnable body) {
        Permit permit = acquire();
        long start = startNanos();
        try {
            body.run();
        } catch (Throwable thrown) {
            permit.complete(null, thrown, elapsedNanos(start));
            throw thrown;
        }
        permit.complete(null, null, elapsedNanos(start));
    }

    /**
     * Makes an asynchronous call if the circuit permits it, and counts it when its stage completes. Never waits: when the store
     * must be asked for a probe's permit, the body runs later, in the common pool, with the class loader of this thread but
     * nothing else that is bound to it.
     *
     * @return a stage that completes as the body's does; fails with {@link CallNotPermittedException} if the call is rejected,
     *     and with what the body threw if it threw. Cancelling it gives the permit back.
     */
    public <T extends @Nullable Object> CompletionStage<T> callAsync(Supplier<? extends CompletionStage<T>> body) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        CompletableFuture<@Nullable Permit> permit = tryAcquireAsync().toCompletableFuture();
        if (permit.isDone()) {
            callWith(permit.join(), body, answer);
        } else {
            ClassLoader classes = Thread.currentThread().getContextClassLoader();
            CompletableFuture<Void> unused =
                    permit.thenAcceptAsync(granted -> Calls.with(classes, () -> callWith(granted, body, answer)));
        }
        return answer;
    }

    private <T extends @Nullable Object> void callWith(
            @Nullable Permit permit, Supplier<? extends CompletionStage<T>> body, CompletableFuture<T> answer) {
        if (permit == null) {
            answer.completeExceptionally(rejection());
            return;
        }
        if (answer.isDone()) {
            permit.ignore();
            return;
        }
        long start = startNanos();
        CompletionStage<T> stage;
        try {
            stage = body.get();
        } catch (Throwable thrown) {
            permit.complete(null, thrown, elapsedNanos(start));
            answer.completeExceptionally(thrown);
            return;
        }
        if (stage == null) {
            permit.ignore();
            answer.completeExceptionally(new NullPointerException("The call returned no stage"));
            return;
        }
        observe(stage, permit, start, answer);
    }

    /* The first of completion and cancellation settles the permit, before the caller learns of it. */
    private <T extends @Nullable Object> void observe(
            CompletionStage<T> stage, Permit permit, long start, CompletableFuture<T> answer) {
        AtomicBoolean settled = new AtomicBoolean();
        stage.whenComplete((result, thrown) -> {
            if (settled.compareAndSet(false, true)) {
                permit.complete(result, thrown, elapsedNanos(start));
            }
            if (thrown == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(thrown);
            }
        });
        CompletableFuture<T> unused = answer.whenComplete((result, thrown) -> {
            if (answer.isCancelled() && settled.compareAndSet(false, true)) {
                permit.ignore();
            }
        });
    }

    /**
     * Takes a permit.
     *
     * @throws CallNotPermittedException if the circuit rejects the call
     */
    public Permit acquire() {
        Permit permit = circuit.admission().tryAcquire();
        if (permit == null) {
            throw circuit.admission().rejection();
        }
        return permit;
    }

    /** Takes a permit; null if the circuit rejects the call. */
    public @Nullable Permit tryAcquire() {
        return circuit.admission().tryAcquire();
    }

    /** Takes a permit without ever waiting for the store in this thread; the stage yields null if the call is rejected. */
    public CompletionStage<@Nullable Permit> tryAcquireAsync() {
        return circuit.admission().tryAcquireAsync();
    }

    /** The exception that says why a call was just rejected. */
    public CallNotPermittedException rejection() {
        return circuit.admission().rejection();
    }

    /** Whether calls are timed: all are if the registry wants it, or else those of a circuit that looks for slow ones. */
    public boolean isTimed() {
        return circuit.outcomes().areTimed();
    }

    /** The present moment for {@link #elapsedNanos}; without a look at the clock if calls are not timed. */
    public long startNanos() {
        return circuit.outcomes().areTimed() ? circuit.now() : UNTIMED;
    }

    /** Nanoseconds since {@link #startNanos()}, or zero if calls are not timed or were not then. */
    public long elapsedNanos(long start) {
        return circuit.outcomes().areTimed() && start != UNTIMED ? circuit.now() - start : 0;
    }

    /**
     * Rejects all calls in the whole cluster until {@link #release}. Holds here at once, and everywhere as soon as the store
     * knows; survives restarts of all instances. So do the other overrides.
     *
     * @param reason why, at most 500 characters
     * @param actor who decides, at most 200 characters
     * @param expiry when it ends by itself, at most a hundred years from now; null for never
     * @throws IllegalArgumentException if one of them breaks its rule
     */
    public void forceOpen(String reason, String actor, @Nullable Duration expiry) {
        override(Mode.FORCED_OPEN, reason, actor, expiry);
    }

    /** Makes all calls in the whole cluster without regard to their outcomes: another name for {@link #disable}. */
    public void forceClosed(String reason, String actor, @Nullable Duration expiry) {
        disable(reason, actor, expiry);
    }

    /** Makes all calls in the whole cluster without regard to their outcomes until {@link #release}; see {@link #forceOpen}. */
    public void disable(String reason, String actor, @Nullable Duration expiry) {
        override(Mode.DISABLED, reason, actor, expiry);
    }

    /** Makes all calls in the whole cluster and counts them until {@link #release}; see {@link #forceOpen}. */
    public void metricsOnly(String reason, String actor, @Nullable Duration expiry) {
        override(Mode.METRICS_ONLY, reason, actor, expiry);
    }

    /** Ends an override in the whole cluster: the automatic state decides again. */
    public void release(String reason, String actor) {
        override(Mode.NONE, reason, actor, null);
    }

    /** Closes the circuit in the whole cluster and forgets all counts; does not end an override. */
    public void reset(String reason, String actor) {
        checkLength("reason", reason, LONGEST_REASON);
        checkLength("actor", actor, LONGEST_ACTOR);
        circuit.reset("reset by " + actor + ": " + reason);
    }

    private void override(Mode mode, String reason, String actor, @Nullable Duration expiry) {
        checkLength("reason", reason, LONGEST_REASON);
        checkLength("actor", actor, LONGEST_ACTOR);
        if (expiry != null && (expiry.isNegative() || expiry.isZero())) {
            throw new IllegalArgumentException(
                    "Invalid expiry (" + expiry + ") for circuit breaker '" + name() + "': must be positive.");
        }
        circuit.overrides().decide(mode, reason, actor, expiry);
    }

    private void checkLength(String what, String text, int longest) {
        if (text.length() > longest) {
            throw new IllegalArgumentException("Invalid " + what + " (" + text.length()
                    + " characters) for circuit breaker '" + name() + "': must have at most " + longest + ".");
        }
    }

    @Override
    public String toString() {
        return "Breaker[" + name() + " " + state() + "]";
    }
}
