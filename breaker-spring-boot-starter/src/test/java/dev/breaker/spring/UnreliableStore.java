package dev.breaker.spring;

import dev.breaker.shared.SharedStore;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The way to a store that is away for a time. */
public final class UnreliableStore {

    private final SharedStore store;
    private volatile boolean away;

    /** Leads to that store. */
    public UnreliableStore(SharedStore store) {
        this.store = store;
    }

    /** What an instance asks. */
    public SharedStore reached() {
        return (SharedStore) Proxy.newProxyInstance(
                SharedStore.class.getClassLoader(), new Class<?>[] {SharedStore.class}, this::reach);
    }

    private Object reach(Object proxy, Method operation, Object[] arguments) throws ReflectiveOperationException {
        return away && operation.getReturnType() == CompletionStage.class
                ? CompletableFuture.failedFuture(new IOException("refused"))
                : operation.invoke(store, arguments);
    }

    /** From now on it does not answer, or does again. */
    public void isAway(boolean now) {
        away = now;
    }
}
