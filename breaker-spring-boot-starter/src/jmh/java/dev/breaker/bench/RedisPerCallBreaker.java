package dev.breaker.bench;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.concurrent.Callable;

/**
 * A circuit breaker as it is commonly shared: each call asks Redis whether it may be made, and tells Redis how it ended. Two
 * round trips; the second is one script that counts in a window of ten seconds and opens the circuit.
 */
final class RedisPerCallBreaker {

    private static final String RECORD = """
            local calls = redis.call('HINCRBY', KEYS[2], 'calls', 1)
            local failures = tonumber(redis.call('HINCRBY', KEYS[2], 'failures', ARGV[1]))
            if calls == 1 then redis.call('PEXPIRE', KEYS[2], 10000) end
            if calls >= 10 and failures * 2 >= calls and ARGV[1] == '1' then
              redis.call('SET', KEYS[1], 'OPEN', 'PX', 30000)
              redis.call('DEL', KEYS[2])
            end
            return calls""";

    private final RedisCommands<String, String> redis;
    private final String state;
    private final String[] keys;
    private final String script;

    RedisPerCallBreaker(RedisCommands<String, String> redis, String name) {
        this.redis = redis;
        this.state = "{" + name + "}:state";
        this.keys = new String[] {state, "{" + name + "}:window"};
        this.script = redis.scriptLoad(RECORD);
    }

    <T> T call(Callable<T> body) throws Exception {
        if ("OPEN".equals(redis.get(state))) {
            throw new IllegalStateException("OPEN");
        }
        T result;
        try {
            result = body.call();
        } catch (Exception failure) {
            record("1");
            throw failure;
        }
        record("0");
        return result;
    }

    private void record(String failure) {
        try {
            redis.evalsha(script, ScriptOutputType.INTEGER, keys, failure);
        } catch (RedisNoScriptException flushed) {
            redis.eval(RECORD, ScriptOutputType.INTEGER, keys, failure);
        }
    }
}
