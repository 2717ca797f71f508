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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store in the memory of one JVM, for tests and for registries that live side by side. Every operation has completed when
 * it returns. Safe for use by many threads; keeps everything until {@link #clear()}.
 */
public final class InMemoryStore implements SharedStore {

    private final Map<String, InMemoryCircuit> circuits = new ConcurrentHashMap<>();
    private final InMemoryInstances instances = new InMemoryInstances();
    private final List<SharedStoreListener> listeners = new CopyOnWriteArrayList<>();
    private final Ticker ticker;

    /** A store whose time is that of the given clock. */
    public InMemoryStore(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Forgets everything, as a server does that restarts without its data. */
    public void clear() {
        circuits.clear();
        instances.clear();
    }

    @Override
    public CompletionStage<SyncReply> sync(String breaker, WindowSpec window, String instance, @Nullable Batch batch) {
        return on(breaker, circuit -> circuit.sync(now(), window, instance, batch));
    }

    @Override
    public CompletionStage<SharedState> transition(String breaker, long expectedEpoch, SharedState next) {
        return on(breaker, circuit -> circuit.transition(now(), expectedEpoch, next));
    }

    @Override
    public CompletionStage<ProbeReply> permit(String breaker, ProbeRequest request) {
        return on(breaker, circuit -> circuit.permit(now(), request));
    }

    @Override
    public CompletionStage<SharedState> complete(String breaker, long epoch, String lease, ProbeOutcome outcome) {
        return on(breaker, circuit -> circuit.complete(now(), epoch, lease, outcome));
    }

    @Override
    public CompletionStage<SharedState> adopt(String breaker, SharedState state, @Nullable SharedOverride override) {
        return on(breaker, circuit -> circuit.adopt(now(), state, override));
    }

    @Override
    public CompletionStage<SharedOverride> override(String breaker, SharedOverride override) {
        return on(breaker, circuit -> circuit.override(now(), override));
    }

    @Override
    public CompletionStage<InstanceReport> report(InstanceReport report, Duration ttl) {
        return CompletableFuture.completedFuture(instances.report(now(), report, ttl));
    }

    @Override
    public CompletionStage<List<InstanceReport>> reports() {
        return CompletableFuture.completedFuture(instances.reports(now()));
    }

    @Override
    public void subscribe(SharedStoreListener listener) {
        listeners.add(listener);
        listener.subscribed();
    }

    @Override
    public String describe() {
        return "memory";
    }

    /**
     * Does nothing: whoever closes it, such as the first of several application contexts that have it as a bean, others may go
     * on with it. What it tells closed registries has no effect, but it keeps them for as long as it lives.
     */
    @Override
    public void close() {}

    private <R> CompletionStage<R> on(String breaker, Function<InMemoryCircuit, R> operation) {
        InMemoryCircuit circuit = circuits.computeIfAbsent(breaker, name -> new InMemoryCircuit());
        R reply;
        Consumer<SharedStoreListener> news;
        synchronized (circuit) {
            reply = operation.apply(circuit);
            news = circuit.takeNews(now(), breaker);
        }
        listeners.forEach(news);
        return CompletableFuture.completedFuture(reply);
    }

    private long now() {
        return ticker.read();
    }
}
