package dev.breaker.spring.faults;

import static dev.breaker.spring.faults.Instance.PROBES;
import static org.awaitility.Awaitility.await;

import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Redis answers with an error, or hangs up. */
class RedisRefusesTest {

    @Fault(
            of = Subject.REDIS,
            what = "out of memory (noeviction)",
            promise =
                    "Each instance decides alone; shared again within 2.2 s of there being room, and every call counts once.")
    @Test
    void isFull(Observed observed) {
        try (RealRedis redis = RealRedis.start("--maxmemory-policy", "noeviction");
                Drill drill = Drill.on(redis)) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
            drill.cutOff();
            redis.command("CONFIG", "SET", "maxmemory", "0");
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "demoted to a read-only replica by a fail-over behind one address",
            promise =
                    "Each instance decides alone; after 2 s of refusals connections are made anew and reach the new master. What the replica had not got yet is not counted, nothing twice.")
    @Test
    void isDemoted(Observed observed) throws IOException {
        try (RealRedis old = RealRedis.start("--repl-diskless-sync-delay", "0");
                RealRedis next = RealRedis.start("--replicaof", old.host(), "" + old.port());
                Wire wire = Wire.to(old.port())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ((String) next.command("INFO", "replication")).contains("master_link_status:up"));
            try (Drill drill = Drill.on(next, wire.port())) {
                next.command("REPLICAOF", "NO", "ONE");
                old.command("REPLICAOF", next.host(), "" + next.port());
                drill.cutOff();
                wire.redirect(next.port());
                drill.recovers(3 * PROBES)
                        .countsNoCallTwice()
                        .tellsOutages(1, 1)
                        .note(observed);
            }
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "takes the right to run scripts away",
            promise =
                    "Each instance decides alone over the connections it has; shared again within 2.2 s of the right's return, and every call counts once.")
    @Test
    void revokesARight(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            redis.command("ACL", "SETUSER", "default", "-eval", "-evalsha");
            drill.cutOff();
            redis.command("ACL", "SETUSER", "default", "+eval", "+evalsha");
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "changes the password and closes the user's connections",
            promise =
                    "Each instance decides alone; shared again within 3 s of the password's return, and every call counts once.")
    @Test
    void revokesThePassword(Observed observed) {
        try (RealRedis redis = RealRedis.start()) {
            redis.command("ACL", "SETUSER", "breaker", "on", ">secret", "~*", "&*", "+@all");
            try (Drill drill = Drill.on(
                    redis, redis.port(), "spring.data.redis.username=breaker", "spring.data.redis.password=secret")) {
                redis.command("ACL", "SETUSER", "breaker", "resetpass", ">another");
                redis.command("CLIENT", "KILL", "USER", "breaker");
                drill.cutOff();
                redis.command("ACL", "SETUSER", "breaker", "resetpass", ">secret");
                drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
            }
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "closes all connections (CLIENT KILL)",
            promise = "Connected again within a second; every call counts once.")
    @Test
    void hangsUp(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            redis.command("CLIENT", "KILL", "TYPE", "normal");
            redis.command("CLIENT", "KILL", "TYPE", "pubsub");
            drill.decides()
                    .recovers(3 * PROBES)
                    .countsEachCall()
                    .tellsTheEndOfEachOutage()
                    .note(observed);
        }
    }
}
