package dev.breaker.spring.aop;

import dev.breaker.InMemoryStore;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store whose answer to a request for a probe comes when a test says so. */
final class LatePermits {

    private final InMemoryStore store;
    final CompletableFuture<Void> reply = new CompletableFuture<>();
    /** What was first said of a probe. */
    final CompletableFuture<Object> completedProbe = new CompletableFuture<>();

    LatePermits(Ticker ticker) {
        store = new InMemoryStore(ticker);
    }

    SharedStore store() {
        return (SharedStore) Proxy.newProxyInstance(
                SharedStore.class.getClassLoader(), new Class<?>[] {SharedStore.class}, (proxy, method, args) -> {
                    Object result = method.invoke(store, args);
                    if (method.getName().equals("complete")) {
                        completedProbe.complete(args[args.length - 1]);
                    }
                    return method.getName().equals("permit")
                            ? reply.thenCompose(now -> (CompletionStage<?>) result)
                            : result;
                });
    }
}
