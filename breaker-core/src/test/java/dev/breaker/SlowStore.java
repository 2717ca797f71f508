package dev.breaker;

import dev.breaker.shared.SharedStore;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A store in front of another whose replies to some operations come when a test says so, and which can refuse or lose some. */
final class SlowStore extends InterceptedStore {

    private final Queue<Runnable> replies = new ArrayDeque<>();
    final Set<String> slow = new HashSet<>();
    final Set<String> refused = new HashSet<>();
    final Set<String> lost = new HashSet<>();

    SlowStore(SharedStore store) {
        super(store);
    }

    /** Lets the replies so far arrive, and from now on all at once. */
    void release() {
        slow.clear();
        for (Runnable reply; (reply = replies.poll()) != null; ) {
            reply.run();
        }
    }

    @Override
    <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
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
}
