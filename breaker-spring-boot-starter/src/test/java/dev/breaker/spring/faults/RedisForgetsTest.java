package dev.breaker.spring.faults;

import static dev.breaker.spring.faults.Instance.PROBES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerState;
import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Redis answers, and something that it knew is gone. */
class RedisForgetsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String OVERRIDE = "breaker:offers:{forced}:override";

    @Fault(
            of = Subject.REDIS,
            what = "FLUSHALL",
            promise =
                    "Whoever polls first, within a second, puts OPEN and an operator's override back; HALF_OPEN begins a new stay; the shared window begins anew.")
    @Test
    void isFlushed(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            drill.instance(0).breaker("forced").forceOpen("maintenance", "test", null);
            await().atMost(SOON).until(() -> redis.command("EXISTS", OVERRIDE), Long.valueOf(1)::equals);
            redis.command("FLUSHALL");
            drill.decides().recovers(2 * PROBES).countsNoCallTwice().tellsOutages(0, 0);
            await().atMost(SOON).until(() -> redis.command("HGET", OVERRIDE, "mode"), "FORCED_OPEN"::equals);
            await().atMost(SOON).until(() -> drill.instance(1).state("forced"), BreakerState.FORCED_OPEN::equals);
            drill.note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "SCRIPT FLUSH",
            promise = "Nobody notices: scripts are sent again, and every call counts once.")
    @Test
    void forgetsItsScripts(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            for (int i = 0; i < 5; i++) {
                redis.command("SCRIPT", "FLUSH");
                drill.traffic().awaitEach(50);
            }
            drill.decides();
            redis.command("SCRIPT", "FLUSH");
            drill.recovers(PROBES).countsEachCall().tellsOutages(0, 0).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "full, and it evicts all keys of circuits",
            promise = "As with FLUSHALL; evicted leases admit the probes of one stay more.")
    @Test
    void evictsKeys(Observed observed) {
        try (RealRedis redis = RealRedis.start("--maxmemory-policy", "volatile-random");
                Drill drill = Drill.on(redis)) {
            int filler = fill(redis);
            drill.decides();
            for (int i = 0; i < filler; i++) {
                redis.command("DEL", "filler:" + i);
            }
            drill.recovers(4 * PROBES)
                    .countsNoCallTwice()
                    .tellsTheEndOfEachOutage()
                    .note(observed);
            observed.note("keys evicted", stat(redis, "stats", "evicted_keys"));
        }
    }

    /* With keys that may not be evicted, until there is nothing left that may. */
    private static int fill(RealRedis redis) {
        redis.command("CONFIG", "SET", "maxmemory", "" + (stat(redis, "memory", "used_memory") + 2_000_000));
        for (int i = 0; ; i++) {
            try {
                redis.command("SET", "filler:" + i, "x".repeat(200_000));
            } catch (IllegalStateException full) {
                assertThat(full).hasMessageStartingWith("OOM");
                return i;
            }
        }
    }

    private static long stat(RealRedis redis, String section, String name) {
        return ((String) redis.command("INFO", section))
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
