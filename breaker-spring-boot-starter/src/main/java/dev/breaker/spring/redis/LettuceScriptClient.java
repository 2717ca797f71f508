package dev.breaker.spring.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Uses Lettuce's own asynchronous commands: Spring Data's pipeline loses all results when one of them is an error, and opens
 * a connection each time. Pipelining is what Lettuce does anyway.
 */
final class LettuceScriptClient implements ScriptClient {

    private final RedisConnection connection;

    private final RedisClusterAsyncCommands<byte[], byte[]> commands;

    /** Connects, unless the factory is connected, and so may block. */
    @SuppressWarnings("unchecked")
    LettuceScriptClient(RedisConnection connection) {
        this.connection = connection;
        this.commands = (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
    }

    static boolean supports(RedisConnection connection) {
        return connection.getNativeConnection() instanceof RedisClusterAsyncCommands;
    }

    @Override
    public CompletableFuture<List<?>> run(ScriptCall call) {
        return attempt(() -> send(call, false))
                .exceptionallyCompose(failure -> unwrap(failure) instanceof RedisNoScriptException
                        ? attempt(() -> send(call, true))
                        : CompletableFuture.failedFuture(failure))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(translate(unwrap(failure))));
    }

    @Override
    public void close() {
        connection.close();
    }

    private CompletableFuture<List<?>> send(ScriptCall call, boolean withSource) {
        Script script = call.script();
        var reply = withSource
                ? commands.<List<?>>eval(script.source(), ScriptOutputType.MULTI, call.keys(), call.arguments())
                : commands.<List<?>>evalsha(script.sha1(), ScriptOutputType.MULTI, call.keys(), call.arguments());
        return reply.toCompletableFuture();
    }

    private static CompletableFuture<List<?>> attempt(Supplier<CompletableFuture<List<?>>> command) {
        try {
            return command.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static RedisStoreException translate(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                ? RedisStoreException.answered(failure)
                : RedisStoreException.unanswered(failure);
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
