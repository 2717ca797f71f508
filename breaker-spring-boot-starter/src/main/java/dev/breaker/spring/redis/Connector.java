package dev.breaker.spring.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Gets connected and stays so. Connecting blocks, and so happens on a daemon thread; while there is no connection every
 * operation fails at once, with the reason why. Only those that come before the first attempt has ended wait for its end, so
 * that a service does not begin its life with an outage.
 *
 * <p>Drivers reconnect by themselves, but not from a connection that is silent and never breaks, nor to the successor of a
 * demoted master, and they keep the reason to themselves: two seconds after the last answer, or after such a master has refused
 * to write, everything is made anew.
 */
final class Connector implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Connector.class);

    private static final long SHORTEST_PAUSE = 50;

    private static final long LONGEST_PAUSE = 1_000;

    private static final long PATIENCE = 2_000;

    private static final long CLOSING = 400;

    /* Connecting has its own time-out; on a busy machine that starts up, loading the driver takes its time too. */
    private static final long FIRST_ATTEMPT = 8_000;

    private final ConnectionSource source;

    private final Function<RedisConnectionFactory, Subscription> subscriptions;

    private final Duration timeout;

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread daemon = new Thread(task, "breaker-redis-connector");
        daemon.setDaemon(true);
        return daemon;
    });

    private volatile @Nullable Link link;

    private volatile String trouble = "Not connected yet";

    private volatile boolean closed;

    private final CompletableFuture<@Nullable Void> attempted = new CompletableFuture<>();

    private long pause = SHORTEST_PAUSE;

    /**
     * @param timeout after which an operation fails, whatever the driver does
     */
    Connector(ConnectionSource source, Function<RedisConnectionFactory, Subscription> subscriptions, Duration timeout) {
        this.source = source;
        this.subscriptions = subscriptions;
        this.timeout = timeout;
    }

    void start() {
        execute(this::connect);
    }

    CompletableFuture<List<?>> run(ScriptCall call) {
        return attempted.isDone()
                ? runNow(call)
                : attempted
                        .copy()
                        .completeOnTimeout(null, FIRST_ATTEMPT, TimeUnit.MILLISECONDS)
                        .thenCompose(ended -> runNow(call));
    }

    private CompletableFuture<List<?>> runNow(ScriptCall call) {
        Link current = link;
        if (current == null) {
            return CompletableFuture.failedFuture(RedisStoreException.unanswered(trouble));
        }
        return current.client
                .run(call)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((reply, failure) -> watch(current, failure))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        RedisStoreException.of(failure).at(source.describe())));
    }

    /** Runs something on the connector's thread, unless closed. */
    void execute(Runnable task) {
        schedule(task, 0);
    }

    boolean isConnected() {
        return link != null;
    }

    /** Waits for the connector's thread, which may hang in an attempt, for less than half a second. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        trouble = "Closed";
        attempted.complete(null);
        try {
            Future<?> end = thread.submit(this::end);
            end.get(CLOSING, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            log.debug("Not closed in time: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        RedisConnectionFactory factory = null;
        try {
            factory = source.open();
            link = Link.open(factory, subscriptions.apply(factory));
            pause = SHORTEST_PAUSE;
            log.debug("Connected to {}", source.describe());
        } catch (RuntimeException | Error e) {
            trouble = source.describe() + ": " + RedisStoreException.reason(e);
            log.debug("Cannot connect to {}", trouble);
            if (factory != null) {
                release(factory);
            }
            schedule(this::connect, pause);
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
        attempted.complete(null);
    }

    private void watch(Link on, @Nullable Throwable failure) {
        RedisStoreException why = failure == null ? null : RedisStoreException.of(failure);
        if (why == null || why.isAnswered()) {
            on.silence.set(null);
        } else {
            Object silence = new Object();
            if (on.silence.compareAndSet(null, silence)) {
                schedule(() -> giveUp(on, "No answer", () -> on.silence.get() == silence), PATIENCE);
            }
        }
        if (why != null && why.isReadOnly() && on.demoted.compareAndSet(false, true)) {
            schedule(() -> giveUp(on, "It is a read-only replica", () -> true), PATIENCE);
        }
    }

    private void giveUp(Link on, String why, BooleanSupplier still) {
        if (still.getAsBoolean() && link == on && !closed) {
            trouble = source.describe() + ": " + why;
            log.debug("Connecting anew: {}", trouble);
            disconnect();
            connect();
        }
    }

    private void disconnect() {
        Link current = link;
        link = null;
        if (current != null) {
            try {
                current.close();
            } catch (RuntimeException e) {
                log.debug("Cannot close: {}", RedisStoreException.reason(e));
            }
            release(current.factory);
        }
    }

    private void release(RedisConnectionFactory factory) {
        try {
            source.release(factory);
        } catch (RuntimeException e) {
            log.debug("Cannot release: {}", RedisStoreException.reason(e));
        }
    }

    private void end() {
        disconnect();
        source.close();
        thread.shutdown();
    }

    private void schedule(Runnable task, long delay) {
        try {
            var unused = thread.schedule(task, delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Closed");
        }
    }
}
