package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.ProbeRequest.Purpose;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStoreListener;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link InMemoryStore} keeps of one circuit. Not safe for use by many threads. */
final class InMemoryCircuit {

    /** A state and the moments it began and ends. */
    private record Stay(SharedState state, long since, long until) {}

    private record Held(
            SharedOverride override, long since, @Nullable Long until) {}

    private Stay stay = new Stay(SharedState.initial(), 0, 0);
    private ProbeLedger ledger = new ProbeLedger(0);
    private ProbeLedger health = new ProbeLedger(1);
    private final Map<WindowSpec, InMemoryWindow> windows = new HashMap<>();
    private @Nullable Held held;
    private boolean stateIsNews;
    private boolean overrideIsNews;

    SyncReply sync(long now, WindowSpec spec, String instance, @Nullable Batch batch) {
        InMemoryWindow window = windows.computeIfAbsent(spec, InMemoryWindow::new);
        if (batch != null && batch.epoch() == stay.state.epoch()) {
            window.add(now, instance, batch);
        }
        return new SyncReply(state(now), window.totals(now, instance), override(now));
    }

    SharedState transition(long now, long expectedEpoch, SharedState next) {
        if (stay.state.epoch() == expectedEpoch) {
            enter(now, next);
        }
        return state(now);
    }

    ProbeReply permit(long now, ProbeRequest request) {
        if (request.purpose() == Purpose.HEALTH) {
            return healthPermit(now, request);
        }
        if (request.purpose() == Purpose.CALL && isDue(now)) {
            Probes probes = new Probes(request.permitted(), 0, 0, 0, 0);
            enter(
                    now,
                    new SharedState(
                            0,
                            Kind.HALF_OPEN,
                            Duration.ZERO,
                            request.maxStay(),
                            stay.state.opens(),
                            request.instance(),
                            "the wait is over",
                            probes));
        }
        boolean granted = stay.state.kind() == Kind.HALF_OPEN
                && ledger.lease(request.lease(), now, now + request.term().toNanos());
        return new ProbeReply(granted, granted ? Duration.ZERO : retryAfter(now), state(now));
    }

    private boolean isDue(long now) {
        return stay.state.kind() == Kind.OPEN && stay.until - now <= 0;
    }

    private ProbeReply healthPermit(long now, ProbeRequest request) {
        boolean due = isDue(now);
        boolean granted =
                due && health.lease(request.lease(), now, now + request.term().toNanos());
        Duration busy = Duration.ofNanos(health.nextExpiry(now));
        return new ProbeReply(granted, granted ? Duration.ZERO : due ? busy : retryAfter(now), state(now));
    }

    private Duration retryAfter(long now) {
        return switch (stay.state.kind()) {
            case CLOSED -> Duration.ZERO;
            case OPEN -> Duration.ofNanos(Math.max(0, stay.until - now));
            case HALF_OPEN -> Duration.ofNanos(ledger.nextExpiry(now));
        };
    }

    SharedState complete(long now, long epoch, String lease, ProbeOutcome outcome) {
        if (epoch == stay.state.epoch()) {
            ledger.complete(lease, now, outcome);
            health.complete(lease, now, ProbeOutcome.RETURNED);
        }
        return state(now);
    }

    SharedState adopt(long now, SharedState state, @Nullable SharedOverride override) {
        if (state.epoch() > stay.state.epoch()) {
            boolean halfOpen = state.kind() == Kind.HALF_OPEN;
            set(now, state.epoch(), halfOpen ? openAndDue(state) : state);
        }
        long version = held == null ? 0 : held.override.version();
        if (override != null && override.version() > version) {
            hold(now, override.version(), override);
        }
        return state(now);
    }

    private static SharedState openAndDue(SharedState state) {
        return new SharedState(
                state.epoch(),
                Kind.OPEN,
                state.elapsed(),
                Duration.ZERO,
                state.opens(),
                state.instance(),
                state.cause(),
                Probes.NONE);
    }

    SharedOverride override(long now, SharedOverride next) {
        long version = held == null ? 0 : held.override.version();
        hold(now, Math.max(version + 1, now / 1000), next);
        SharedOverride stored = override(now);
        return stored == null ? next : stored;
    }

    private void enter(long now, SharedState next) {
        set(now, Math.max(stay.state.epoch() + 1, now / 1000), next);
    }

    private void set(long now, long epoch, SharedState next) {
        SharedState state = new SharedState(
                epoch,
                next.kind(),
                Duration.ZERO,
                Duration.ZERO,
                next.opens(),
                next.instance(),
                next.cause(),
                next.probes());
        stay = new Stay(
                state, now - next.elapsed().toNanos(), now + next.remaining().toNanos());
        ledger = new ProbeLedger(next.probes().permitted());
        health = new ProbeLedger(1);
        windows.clear();
        stateIsNews = true;
    }

    private void hold(long now, long version, SharedOverride next) {
        SharedOverride override =
                new SharedOverride(version, next.mode(), next.reason(), next.actor(), Duration.ZERO, next.remaining());
        Duration remaining = next.remaining();
        held = new Held(override, now - next.elapsed().toNanos(), remaining == null ? null : now + remaining.toNanos());
        overrideIsNews = true;
    }

    private SharedState state(long now) {
        SharedState s = stay.state;
        boolean ends = s.kind() == Kind.OPEN || (s.kind() == Kind.HALF_OPEN && stay.until > stay.since);
        return new SharedState(
                s.epoch(),
                s.kind(),
                Duration.ofNanos(now - stay.since),
                ends ? Duration.ofNanos(Math.max(0, stay.until - now)) : Duration.ZERO,
                s.opens(),
                s.instance(),
                s.cause(),
                s.kind() == Kind.HALF_OPEN ? ledger.probes(now) : Probes.NONE);
    }

    private @Nullable SharedOverride override(long now) {
        if (held == null) {
            return null;
        }
        SharedOverride o = held.override;
        Long until = held.until;
        boolean expired = until != null && until - now <= 0;
        return new SharedOverride(
                o.version(),
                expired ? SharedOverride.Mode.NONE : o.mode(),
                o.reason(),
                o.actor(),
                Duration.ofNanos(now - held.since),
                until == null || expired ? null : Duration.ofNanos(until - now));
    }

    /** Tells a listener what changed since the last call. */
    Consumer<SharedStoreListener> takeNews(long now, String breaker) {
        SharedState state = stateIsNews ? state(now) : null;
        SharedOverride override = overrideIsNews ? override(now) : null;
        stateIsNews = overrideIsNews = false;
        return listener -> {
            if (state != null) {
                listener.stateChanged(breaker, state);
            }
            if (override != null) {
                listener.overrideChanged(breaker, override);
            }
        };
    }
}
