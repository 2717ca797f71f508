package dev.breaker.spring.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/** For drivers that block: a bounded queue and one daemon thread that sends what has come together as one batch. */
abstract class QueuedScriptClient implements ScriptClient {

    private static final int QUEUE = 10_000;

    private static final int BATCH = 256;

    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);

    private final Thread thread = new Thread(this::work, "breaker-redis-commands");

    private volatile boolean closed;

    QueuedScriptClient() {
        thread.setDaemon(true);
    }

    /** A call that waits for its reply, which may come from somebody who has lost patience. */
    static final class Pending {

        final ScriptCall call;

        final CompletableFuture<List<?>> reply = new CompletableFuture<>();

        Pending(ScriptCall call) {
            this.call = call;
        }
    }

    /** Sends the calls and completes every one of them; what is thrown fails those that are left. */
    abstract void execute(List<Pending> batch);

    final void start() {
        thread.start();
    }

    @Override
    public CompletableFuture<List<?>> run(ScriptCall call) {
        Pending pending = new Pending(call);
        if (closed) {
            pending.reply.completeExceptionally(RedisStoreException.unanswered("Closed"));
        } else if (!queue.offer(pending)) {
            pending.reply.completeExceptionally(
                    RedisStoreException.unanswered(QUEUE + " operations are waiting already"));
        }
        return pending.reply;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void work() {
        try {
            while (!closed) {
                List<Pending> batch = new ArrayList<>();
                batch.add(queue.take());
                queue.drainTo(batch, BATCH - 1);
                batch.removeIf(pending -> pending.reply.isDone());
                attempt(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            List<Pending> rest = new ArrayList<>();
            queue.drainTo(rest);
            fail(rest, RedisStoreException.unanswered("Closed"));
        }
    }

    private void attempt(List<Pending> batch) {
        try {
            if (!batch.isEmpty()) {
                execute(batch);
            }
        } catch (RuntimeException e) {
            fail(batch, RedisStoreException.unanswered(e));
        }
    }

    private static void fail(List<Pending> batch, RedisStoreException failure) {
        batch.forEach(pending -> pending.reply.completeExceptionally(failure));
    }
}
