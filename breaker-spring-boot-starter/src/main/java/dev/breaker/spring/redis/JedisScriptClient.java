package dev.breaker.spring.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
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
        List<Response<Object>> responses = new ArrayList<>();
        RuntimeException failure = null;
        /* In a cluster a hung node makes close() throw, after the other nodes have answered: look at each response. */
        try (AbstractPipeline pipeline = open()) {
            for (Pending pending : batch) {
                responses.add(pipeline.evalsha(
                        SafeEncoder.encode(pending.call.script().sha1()),
                        pending.call.keys().length,
                        pending.call.keysAndArguments()));
            }
            pipeline.sync();
        } catch (RuntimeException e) {
            failure = e;
        }
        for (int i = 0; i < batch.size(); i++) {
            settle(batch.get(i), i < responses.size() ? responses.get(i) : null, failure);
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

    private void settle(Pending pending, @Nullable Response<Object> response, @Nullable RuntimeException failure) {
        try {
            if (response == null) {
                throw failure == null ? new IllegalStateException("Not sent") : failure;
            }
            pending.reply.complete(Replies.list(reply(pending.call, response)));
        } catch (JedisDataException e) {
            pending.reply.completeExceptionally(RedisStoreException.answered(e));
        } catch (RuntimeException e) {
            pending.reply.completeExceptionally(RedisStoreException.unanswered(failure == null ? e : failure));
        }
    }

    private Object reply(ScriptCall call, Response<Object> response) {
        int keys = call.keys().length;
        try {
            return response.get();
        } catch (JedisNoScriptException | JedisRedirectionException e) {
            return jedis.eval(SafeEncoder.encode(call.script().source()), keys, call.keysAndArguments());
        }
    }
}
