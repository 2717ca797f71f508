package dev.breaker;

import dev.breaker.shared.Batch;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreListener;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in front of another whose replies to some operations come when a test says so, and which can refuse or lose some. */
final class SlowStore implements SharedStore {

    private final SharedStore store;
    private final Queue<Runnable> replies = new ArrayDeque<>();
    final Set<String> slow = new HashSet<>();
    final Set<String> refused = new HashSet<>();
    final Set<String> lost = new HashSet<>();

    SlowStore(SharedStore store) {
        this.store = store;
    }

    /** Lets the replies so far arrive, and from now on all at once. */
    void release() {
        slow.clear();
        for (Runnable reply; (reply = replies.poll()) != null; ) {
            reply.run();
        }
    }

    private <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
        if (lost.contains(operation)) {
            return new CompletableFuture<>();
        }
        if (refused.contains(operation)) {
            return CompletableFuture.failedFuture(new IllegalStateException("OOM command not allowed"));
        }
        CompletableFuture<T> reply = real.get().toCompletableFuture();
        if (!slow.contains(operation)) {
            return reply;
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        replies.add(() -> later.complete(reply.join()));
        return later;
    }

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
    public void subscribe(SharedStoreListener listener) {
        store.subscribe(listener);
    }

    @Override
    public String describe() {
        return "slow";
    }

    @Override
    public void close() {
        store.close();
    }
}
