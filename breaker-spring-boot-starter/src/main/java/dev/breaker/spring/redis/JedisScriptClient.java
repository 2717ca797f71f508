package dev.breaker.spring.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Uses Jedis' own pipeline, which keeps every reply and every error in its place, also in a cluster, where Spring Data has
 * none. Single commands, which Jedis repeats after a time-out in a cluster, only follow an answer that says that nothing was
 * done.
 */
final class JedisScriptClient extends QueuedScriptClient {

    private final RedisConnection connection;

    private final UnifiedJedis jedis;

    /* Without one, Jedis starts non-daemon threads for every batch that spans several nodes. */
    private final ExecutorService nodes = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "breaker-redis-nodes");
        thread.setDaemon(true);
        return thread;
    });

    JedisScriptClient(RedisConnection connection) {
        this.connection = connection;
        this.jedis = (UnifiedJedis) connection.getNativeConnection();
    }

    static boolean supports(RedisConnection connection) {
        return connection.getNativeConnection() instanceof UnifiedJedis;
    }

    @Override
    void execute(List<Pending> batch) {
        List<Supplier<Object>> replies = new ArrayList<>();
        RuntimeException failure = null;
        /* In a cluster a hung node makes close() throw, after the other nodes have answered: look at each reply. */
        try (AbstractPipeline pipeline = open()) {
            for (Pending pending : batch) {
                replies.add(send(pipeline, pending.call));
            }
            pipeline.sync();
        } catch (RuntimeException e) {
            failure = e;
        }
        for (int i = 0; i < batch.size(); i++) {
            settle(batch.get(i), i < replies.size() ? replies.get(i) : null, failure);
        }
    }

    @Override
    public void close() {
        super.close();
        nodes.shutdownNow();
        connection.close();
    }

    private AbstractPipeline open() {
        return jedis instanceof RedisClusterClient cluster ? cluster.pipelined(nodes) : jedis.pipelined();
    }

    /* A node that is down must not keep the others from theirs. */
    private static Supplier<Object> send(AbstractPipeline pipeline, ScriptCall call) {
        try {
            byte[] sha1 = SafeEncoder.encode(call.script().sha1());
            return pipeline.evalsha(sha1, call.keys().length, call.keysAndArguments());
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
    }

    private void settle(Pending pending, @Nullable Supplier<Object> reply, @Nullable RuntimeException failure) {
        try {
            if (reply == null) {
                throw failure == null ? new IllegalStateException("Not sent") : failure;
            }
            pending.reply.complete(Replies.list(await(pending.call, reply)));
        } catch (JedisDataException e) {
            pending.reply.completeExceptionally(RedisStoreException.answered(e));
        } catch (IllegalStateException e) {
            /* Not answered; why is what sync() said. */
            pending.reply.completeExceptionally(RedisStoreException.unanswered(failure == null ? e : failure));
        } catch (RuntimeException e) {
            pending.reply.completeExceptionally(RedisStoreException.unanswered(e));
        }
    }

    private Object await(ScriptCall call, Supplier<Object> reply) {
        try {
            return reply.get();
        } catch (JedisNoScriptException | JedisRedirectionException e) {
            byte[] source = SafeEncoder.encode(call.script().source());
            return jedis.eval(source, call.keys().length, call.keysAndArguments());
        }
    }
}
