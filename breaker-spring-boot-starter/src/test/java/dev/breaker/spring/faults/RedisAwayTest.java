package dev.breaker.spring.faults;

import static dev.breaker.spring.faults.Instance.PROBES;

import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** There is no Redis, or none that can be reached. */
class RedisAwayTest {

    @Fault(
            of = Subject.REDIS,
            what = "killed",
            promise =
                    "Calls are decided as fast as before. CLOSED stays and opens by this instance's own window at once, OPEN stays to its deadline, HALF_OPEN goes on with the probes of one stay per instance.")
    @Test
    void isKilled(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            redis.kill();
            drill.cutOff().probesAtMost(3 * PROBES).tellsOutages(1, 0).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "killed, and restarted with its data",
            promise =
                    "Shared again within 2.2 s (the longest back-off); every call counts once; what an instance decided meanwhile holds for all.")
    @Test
    void isRestartedWithItsData(Observed observed) {
        try (RealRedis redis = RealRedis.startDurable();
                Drill drill = Drill.on(redis)) {
            redis.kill();
            drill.cutOff();
            redis.restart();
            drill.recovers(3 * PROBES).countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "killed, and restarted without its data",
            promise =
                    "Shared again within 2.2 s; OPEN stays OPEN, put back by the instances; the shared window begins anew, and no call counts twice.")
    @Test
    void isRestartedWithoutItsData(Observed observed) {
        try (RealRedis redis = RealRedis.start();
                Drill drill = Drill.on(redis)) {
            redis.kill();
            drill.cutOff();
            redis.restart();
            drill.recovers(4 * PROBES).countsNoCallTwice().tellsOutages(1, 1).note(observed);
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "refuses connections when the service starts",
            promise =
                    "The service starts and decides alone; once Redis is there it is found within 2.2 s, and every call counts.")
    @Test
    void refusesWhenTheServiceStarts(Observed observed) {
        try (RealRedis redis = RealRedis.start()) {
            redis.kill();
            try (Drill drill = Drill.startedWithout(redis, redis.port())) {
                drill.cutOff();
                redis.restart();
                drill.agrees().countsEachCall().tellsOutages(1, 1).note(observed);
            }
        }
    }

    @Fault(
            of = Subject.REDIS,
            what = "black-holed when the service starts: connecting gets no answer",
            promise =
                    "The service starts and decides alone; once packets pass Redis is found within 3 s (one attempt and a back-off), and every call counts.")
    @Test
    void isBlackHoledWhenTheServiceStarts(Observed observed) throws IOException {
        try (RealRedis redis = RealRedis.start();
                Wire wire = Wire.unanswered(redis.port());
                Drill drill = Drill.startedWithout(redis, wire.port(), "breaker.shared.command-timeout=250ms")) {
            drill.cutOff();
            wire.answer();
            drill.agrees().countsEachCall().tellsOutages(1, 1).note(observed);
        }
    }
}
