package dev.breaker.spring.faults;

import static dev.breaker.spring.faults.Instance.PROBES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.faults.Wire.Trouble;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Redis is there and connected, and answers late or not at all. */
class RedisSilentTest {

    /* What it is unless set. */
    private static final String SHORT = "breaker.shared.command-timeout=250ms";
    private static final String LONG = "breaker.shared.command-timeout=10s";

    @Fault(
            of = Subject.REDIS,
            what = "hung (SIGSTOP) while probes are under way",
            promise =
                    "No call waits but a probe, for 50 ms. The probes of one stay more per instance. Shared again within 2.2 s of its first answer; every call counts once.")
    @Test
    void hangs(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis, redis.port(), SHORT)) {
            redis.hang();
            drill.cutOff();
            redis.resume();
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "black-holed: packets of all connections vanish, for good",
            promise =
                    "As when it hangs; connections are given up after 2 s of silence, and new ones share again within 5 s.")
    @Test
    void isBlackHoled(Observed observed) throws IOException {
        try (RealRedis redis = RealRedis.start();
                Wire wire = Wire.to(redis.port());
                Drill drill = Drill.on(redis, wire.port(), SHORT)) {
            wire.suffer(Trouble.BLACK_HOLE);
            drill.cutOff();
            wire.suffer(Trouble.NONE);
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "does what it is told, and its replies are lost",
            promise =
                    "What is sent again is not done again: every call counts once. Connections are given up after 2 s of silence, and new ones share again within 5 s.")
    @Test
    void isNotHeard(Observed observed) throws IOException {
        try (RealRedis redis = RealRedis.start();
                Wire wire = Wire.to(redis.port());
                Drill drill = Drill.on(redis, wire.port(), SHORT)) {
            wire.suffer(Trouble.REPLIES_LOST);
            drill.instance(0).succeed();
            drill.cutOff();
            wire.suffer(Trouble.NONE);
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "paused (CLIENT PAUSE), while a command may take ten seconds",
            promise =
                    "No call waits for it; given up after 2 s of silence. What it held back is done in the end, and every call counts once.")
    @Test
    void isPaused(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis, redis.port(), LONG)) {
            redis.command("CLIENT", "PAUSE", "60000", "WRITE");
            drill.cutOff();
            redis.command("CLIENT", "UNPAUSE");
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "slow (100 ms for each answer, well within the command time-out)",
            promise =
                    "Sharing goes on, and no call is slower; a probe waits for 50 ms and comes a little later; an opening reaches all within a few answers.")
    @Test
    void isSlow(Observed observed) throws IOException {
        try (RealRedis redis = RealRedis.start();
                Wire wire = Wire.to(redis.port()).suffer(Trouble.SLOW);
                Drill drill = Drill.on(redis, wire.port())) {
            drill.decides().recovers(PROBES).countsEachCall().tellsOutages(0, 0).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "its pub/sub messages are lost",
            promise = "An opening reaches all with their next poll, within a second; nothing else changes.")
    @Test
    void losesMessages(Observed observed) throws IOException {
        try (RealRedis redis = RealRedis.start();
                Wire wire = Wire.to(redis.port());
                Drill drill = Drill.on(redis, wire.port())) {
            wire.suffer(Trouble.MESSAGES_LOST);
            drill.decides().recovers(PROBES).countsEachCall().tellsOutages(0, 0).note(observed);
            assertThat(wire.lost()).isPositive();
        }
    }
}
