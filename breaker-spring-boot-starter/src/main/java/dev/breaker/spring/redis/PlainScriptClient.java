package dev.breaker.spring.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.ReturnType;

/** For connections of an unknown kind: one script after the other through Spring Data. */
final class PlainScriptClient extends QueuedScriptClient {

    private final RedisConnectionFactory factory;

    PlainScriptClient(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    @Override
    void execute(List<Pending> batch) {
        try (RedisConnection connection = factory.getConnection()) {
            for (Pending pending : batch) {
                try {
                    pending.reply.complete(Replies.list(run(connection, pending.call)));
                } catch (RuntimeException e) {
                    pending.reply.completeExceptionally(RedisStoreException.unanswered(e));
                }
            }
        }
    }

    private static Object run(RedisConnection connection, ScriptCall call) {
        var scripts = connection.scriptingCommands();
        int keys = call.keys().length;
        try {
            return scripts.evalSha(call.script().sha1(), ReturnType.MULTI, keys, call.keysAndArguments());
        } catch (RuntimeException e) {
            if (!RedisStoreException.reason(e).startsWith("NOSCRIPT")) {
                throw e;
            }
            byte[] source = call.script().source().getBytes(StandardCharsets.UTF_8);
            return scripts.eval(source, ReturnType.MULTI, keys, call.keysAndArguments());
        }
    }
}
