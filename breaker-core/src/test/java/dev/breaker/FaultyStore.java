package dev.breaker;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A store in front of another that can be down, hang, lose replies, and counts what it is asked. */
final class FaultyStore extends InterceptedStore {

    enum Fault {
        NONE,
        /** Refuses every operation. */
        DOWN,
        /** Does nothing and never answers. */
        HUNG,
        /** Does what it is asked and says it failed. */
        REPLY_LOST,
        /** Throws at its caller. */
        THROWS,
        /** Does nothing before {@link #proceed()}. */
        HELD
    }

    /** What it was asked about circuits. */
    final List<String> operations = new ArrayList<>();

    /** What it was asked about instances. */
    final List<String> presence = new ArrayList<>();

    private final List<Runnable> held = new ArrayList<>();
    volatile Fault fault = Fault.NONE;
    /** The operations that the fault is about. */
    Predicate<String> affected = operation -> true;

    boolean deaf;

    FaultyStore(SharedStore store) {
        super(store);
    }

    /** Does what was held, and goes on without a fault. */
    void proceed() {
        fault = Fault.NONE;
        held.forEach(Runnable::run);
        held.clear();
    }

    @Override
    <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
        (operation.startsWith("report") ? presence : operations).add(operation);
        return switch (affected.test(operation) ? fault : Fault.NONE) {
            case NONE -> real.get();
            case DOWN -> CompletableFuture.failedFuture(new IllegalStateException("connection refused"));
            case HUNG -> new CompletableFuture<>();
            case REPLY_LOST -> {
                CompletionStage<T> unheard = real.get();
                yield unheard.thenCompose(
                        reply -> CompletableFuture.failedFuture(new IllegalStateException("timed out")));
            }
            case HELD -> {
                CompletableFuture<T> answer = new CompletableFuture<>();
                held.add(() -> real.get().whenComplete((reply, fault) -> answer.complete(reply)));
                yield answer;
            }
            case THROWS -> throw new IllegalStateException("badly behaved");
        };
    }

    long count(String operation) {
        return operations.stream().filter(operation::equals).count();
    }

    @Override
    public void subscribe(SharedStoreListener listener) {
        super.subscribe(new SharedStoreListener() {
            @Override
            public void stateChanged(String breaker, SharedState state) {
                if (!deaf && fault == Fault.NONE) {
                    listener.stateChanged(breaker, state);
                }
            }

            @Override
            public void overrideChanged(String breaker, SharedOverride override) {
                if (!deaf && fault == Fault.NONE) {
                    listener.overrideChanged(breaker, override);
                }
            }

            @Override
            public void subscribed() {
                listener.subscribed();
            }
        });
    }
}
