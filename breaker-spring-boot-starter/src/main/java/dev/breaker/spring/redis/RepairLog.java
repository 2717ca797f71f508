package dev.breaker.spring.redis;

import dev.breaker.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports keys that the scripts could not read and deleted: one warning a minute at most, the others counted. */
final class RepairLog {

    private static final Logger log = LoggerFactory.getLogger(RedisSharedStore.class);

    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final Ticker ticker;

    private long quietUntil;

    private boolean quiet;

    private long unreported;

    RepairLog(Ticker ticker) {
        this.ticker = ticker;
    }

    void repaired(List<?> keys) {
        if (!keys.isEmpty()) {
            report(keys.stream().map(Replies::text).collect(Collectors.joining("', '")));
        }
    }

    private synchronized void report(String keys) {
        long now = ticker.read();
        if (quiet && now - quietUntil < 0) {
            unreported++;
            return;
        }
        log.warn("Deleted what nobody could read in Redis: '{}' ({} more since the last report)", keys, unreported);
        quiet = true;
        quietUntil = now + PAUSE;
        unreported = 0;
    }
}
