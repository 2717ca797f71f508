package dev.breaker;

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
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in front of another, through which every operation passes by name. */
abstract class InterceptedStore implements SharedStore {

    private final SharedStore store;

    InterceptedStore(SharedStore store) {
        this.store = store;
    }

    /** Does an operation, or something else. */
    abstract <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real);

    @Override
    public CompletionStage<SyncReply> sync(String breaker, WindowSpec window, String instance, @Nullable Batch batch) {
        return run("sync", () -> store.sync(breaker, window, instance, batch));
    }

    @Override
    public CompletionStage<SharedState> transition(String breaker, long expectedEpoch, SharedState next) {
        return run("transition", () -> store.transition(breaker, expectedEpoch, next));
    }

    @Override
    public CompletionStage<ProbeReply> permit(String breaker, ProbeRequest request) {
        return run("permit", () -> store.permit(breaker, request));
    }

    @Override
    public CompletionStage<SharedState> complete(String breaker, long epoch, String lease, ProbeOutcome outcome) {
        return run("complete", () -> store.complete(breaker, epoch, lease, outcome));
    }

    @Override
    public CompletionStage<SharedState> adopt(String breaker, SharedState state, @Nullable SharedOverride override) {
        return run("adopt", () -> store.adopt(breaker, state, override));
    }

    @Override
    public CompletionStage<SharedOverride> override(String breaker, SharedOverride override) {
        return run("override", () -> store.override(breaker, override));
    }

    @Override
    public CompletionStage<InstanceReport> report(InstanceReport report, Duration ttl) {
        return run("report", () -> store.report(report, ttl));
    }

    @Override
    public CompletionStage<List<InstanceReport>> reports() {
        return run("reports", store::reports);
    }

    @Override
    public void subscribe(SharedStoreListener listener) {
        store.subscribe(listener);
    }

    @Override
    public String describe() {
        return getClass().getSimpleName();
    }

    @Override
    public void close() {
        store.close();
    }
}
