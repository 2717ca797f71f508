package dev.breaker.spring.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs scripts over one connection. */
interface ScriptClient extends AutoCloseable {

    /**
     * Sends a script and returns at once. A server that does not know it yet gets its source; an attempt whose outcome is
     * unknown is never repeated. Fails with a {@link RedisStoreException}.
     */
    CompletableFuture<List<?>> run(ScriptCall call);

    /** Does not wait for anything. */
    @Override
    void close();
}
