package dev.breaker.spring.redis;

import dev.breaker.Ticker;
import dev.breaker.shared.Batch;
import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreListener;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps circuits in Redis: each operation is one Lua script, which documents its keys, arguments, reply and times to live.
 * {@link RedisKeys} names the keys.
 */
final class RedisSharedStore implements SharedStore {

    private final RedisKeys keys;

    private final ConnectionSource source;

    private final Announcements announcements = new Announcements();

    private final Connector connector;

    private final RepairLog repairs = new RepairLog(Ticker.system());

    private volatile boolean subscribed;

    RedisSharedStore(ConnectionSource source, String prefix, String namespace, Duration commandTimeout) {
        this.source = source;
        this.keys = new RedisKeys(prefix, namespace, source.database());
        this.connector = new Connector(
                source,
                factory -> new Subscription(factory, keys.channel(), announcements, this::established),
                commandTimeout.multipliedBy(2));
    }

    void start() {
        connector.start();
    }

    @Override
    public CompletableFuture<SyncReply> sync(
            String breaker, WindowSpec window, String instance, @Nullable Batch batch) {
        ScriptCall call = new ScriptCall(Script.SYNC)
                .key(keys.state(breaker))
                .key(keys.window(breaker, window))
                .key(keys.permits(breaker))
                .key(keys.override(breaker))
                .with(window.kind().name())
                .with(window.size())
                .with(window.slot())
                .with(instance);
        if (batch != null) {
            add(call, window, batch);
        }
        return run(
                call,
                reply -> new SyncReply(
                        Replies.state(reply.get(1)),
                        Replies.totals(reply.subList(3, 8)),
                        Replies.override(reply.get(2))));
    }

    @Override
    public CompletableFuture<SharedState> transition(String breaker, long expectedEpoch, SharedState next) {
        ScriptCall call = new ScriptCall(Script.TRANSITION)
                .key(keys.state(breaker))
                .key(keys.permits(breaker))
                .with(keys.channel())
                .with(breaker)
                .with(expectedEpoch)
                .with(next.kind().name())
                .with(next.remaining())
                .with(next.opens())
                .with(next.instance())
                .with(next.cause())
                .with(next.probes().permitted());
        return run(call, reply -> Replies.state(reply.get(1)));
    }

    @Override
    public CompletableFuture<ProbeReply> permit(String breaker, ProbeRequest request) {
        ScriptCall call = new ScriptCall(Script.PERMIT)
                .key(keys.state(breaker))
                .key(keys.permits(breaker))
                .with(keys.channel())
                .with(breaker)
                .with(request.lease())
                .with(request.instance())
                .with(request.term())
                .with(request.permitted())
                .with(request.maxStay())
                .with(request.purpose().name());
        return run(
                call,
                reply -> new ProbeReply(
                        Replies.number(reply.get(1)) == 1, Replies.micros(reply.get(2)), Replies.state(reply.get(3))));
    }

    @Override
    public CompletableFuture<SharedState> complete(String breaker, long epoch, String lease, ProbeOutcome outcome) {
        ScriptCall call = new ScriptCall(Script.COMPLETE)
                .key(keys.state(breaker))
                .key(keys.permits(breaker))
                .with(epoch)
                .with(lease)
                .with(outcome.name());
        return run(call, reply -> Replies.state(reply.get(1)));
    }

    @Override
    public CompletableFuture<SharedState> adopt(String breaker, SharedState state, @Nullable SharedOverride override) {
        ScriptCall call = new ScriptCall(Script.ADOPT)
                .key(keys.state(breaker))
                .key(keys.permits(breaker))
                .key(keys.override(breaker))
                .with(keys.channel())
                .with(breaker)
                .with(state.epoch())
                .with(state.kind().name())
                .with(state.elapsed())
                .with(state.remaining())
                .with(state.opens())
                .with(state.instance())
                .with(state.cause());
        if (override != null) {
            call.with(override.version())
                    .with(override.mode().name())
                    .with(override.reason())
                    .with(override.actor())
                    .with(override.elapsed());
            addAge(call, override.remaining());
        }
        return run(call, reply -> Replies.state(reply.get(1)));
    }

    @Override
    public CompletableFuture<SharedOverride> override(String breaker, SharedOverride override) {
        ScriptCall call = new ScriptCall(Script.OVERRIDE)
                .key(keys.override(breaker))
                .with(keys.channel())
                .with(breaker)
                .with(override.mode().name())
                .with(override.reason())
                .with(override.actor());
        addAge(call, override.remaining());
        call.with(override.elapsed());
        return run(call, reply -> Objects.requireNonNull(Replies.override(reply.get(1))));
    }

    @Override
    public CompletableFuture<InstanceReport> report(InstanceReport report, Duration ttl) {
        InstanceReport kept = report.bounded();
        ScriptCall call = new ScriptCall(Script.REPORT)
                .key(keys.instances())
                .with(kept.instance())
                .with(ttl)
                .with(kept.omitted())
                .with(ReportText.lines(kept));
        return run(call, reply -> kept);
    }

    @Override
    public CompletableFuture<List<InstanceReport>> reports() {
        return run(
                new ScriptCall(Script.REPORTS).key(keys.instances()),
                reply -> ReportText.reports(reply.subList(1, reply.size())));
    }

    @Override
    public void subscribe(SharedStoreListener listener) {
        announcements.add(listener);
        if (subscribed) {
            connector.execute(listener::subscribed);
        }
    }

    @Override
    public String describe() {
        return source.describe();
    }

    @Override
    public void close() {
        connector.close();
    }

    boolean isConnected() {
        return connector.isConnected();
    }

    private static void add(ScriptCall call, WindowSpec window, Batch batch) {
        call.with(batch.sequence())
                .with(batch.epoch())
                .with(batch.trailingFailures())
                .with(batch.trailingAge());
        addAge(call, batch.successAge());
        if (window.kind() == WindowSpec.Kind.COUNT) {
            call.with(batch.outcomes());
            return;
        }
        for (Batch.Slice slice : batch.slices()) {
            call.with(slice.age()).with(slice.calls()).with(slice.failures()).with(slice.slow());
        }
    }

    private static void addAge(ScriptCall call, @Nullable Duration age) {
        if (age == null) {
            call.with(-1);
        } else {
            call.with(age);
        }
    }

    private void established() {
        subscribed = true;
        announcements.subscribed();
    }

    private <T> CompletableFuture<T> run(ScriptCall call, Function<List<?>, T> read) {
        return connector
                .run(call)
                .thenApply(reply -> {
                    if (reply.get(0) != null) {
                        repairs.repaired(Replies.list(reply.get(0)));
                    }
                    return read.apply(reply);
                })
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(RedisStoreException.of(failure)));
    }
}
