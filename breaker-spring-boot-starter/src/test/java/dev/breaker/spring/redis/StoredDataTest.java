package dev.breaker.spring.redis;

import static dev.breaker.spring.redis.RedisStoreSupport.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Batch;
import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.ProbeOutcome;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.Totals;
import dev.breaker.shared.WindowSpec;
import dev.breaker.spring.redis.RedisStoreSupport.Driver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a store leaves in Redis, and what it makes of what others left there. */
class StoredDataTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final WindowSpec WINDOW = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(1));
    private static final WindowSpec LAST = new WindowSpec(WindowSpec.Kind.COUNT, 10, Duration.ZERO);
    private static final long DAY = Duration.ofDays(1).toMillis();

    private static final String STATE = "breaker:test:{b}:state";
    private static final String PERMITS = "breaker:test:{b}:permits";
    private static final String OVERRIDE = "breaker:test:{b}:override";
    private static final String BY_TIME = "breaker:test:{b}:window:10x1000ms";
    private static final String YEARS = "breaker:test:{b}:window:1x31536000000ms";
    private static final String INSTANCES = "breaker:test:instances";
    private static final String BY_COUNT = "breaker:test:{b}:window:last10";

    private static RealRedis redis;

    private static SharedStore store;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        store = RedisStoreSupport.connected(Driver.LETTUCE, redis);
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @BeforeEach
    void forgetEverything() {
        redis.command("FLUSHALL");
    }

    @Nested
    class TimesToLive {

        @Test
        void areSetOnEveryKeyAndThereAreNoOtherKeys() {
            useEverything();

            assertThat(keys()).containsExactlyInAnyOrder(STATE, PERMITS, OVERRIDE, BY_TIME, BY_COUNT);
            assertThat(ttl(STATE)).isBetween(DAY - 60_000, DAY);
            assertThat(ttl(PERMITS)).isBetween(LONG.toMillis(), 10 * LONG.toMillis());
            assertThat(ttl(OVERRIDE)).isBetween(DAY, DAY + LONG.toMillis());
            assertThat(ttl(BY_TIME)).isBetween(120_000L, 180_000L);
            assertThat(ttl(BY_COUNT)).isBetween(DAY - 60_000, DAY);
        }

        @Test
        void outlastAnOpenStay() {
            transition(0, Kind.OPEN, Duration.ofDays(3));

            assertThat(ttl(STATE)).isBetween(6 * DAY - 60_000, 6 * DAY);
        }

        @Test
        void outlastAWindow() {
            WindowSpec hour = new WindowSpec(WindowSpec.Kind.TIME, 60, Duration.ofMinutes(1));
            get(store.sync("b", hour, "a", failures(1, 0)));

            assertThat(ttl("breaker:test:{b}:window:60x60000ms")).isBetween(7_140_000L, 7_200_000L);
        }

        @Test
        void doNotEndAnOverrideWithoutExpiry() {
            override(Mode.FORCED_OPEN, LONG);
            override(Mode.FORCED_OPEN, null);
            assertThat(ttl(OVERRIDE)).isEqualTo(-1);

            override(Mode.NONE, null);
            assertThat(ttl(OVERRIDE)).isBetween(DAY - 60_000, DAY);
        }

        @Test
        void areRenewedByReading() {
            transition(0, Kind.OPEN, LONG);
            get(store.sync("b", LAST, "a", failures(1, epoch())));
            redis.command("PEXPIRE", STATE, "60000");
            redis.command("PEXPIRE", BY_COUNT, "60000");

            get(store.sync("b", LAST, "a", null));

            assertThat(ttl(STATE)).isGreaterThan(DAY - 60_000);
            assertThat(ttl(BY_COUNT)).isGreaterThan(DAY - 60_000);
        }

        @Test
        void ofAWindowByTimeAreRenewedByABatchWhenHalfIsGone() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("PEXPIRE", BY_TIME, "89000");

            get(store.sync("b", WINDOW, "a", failures(2, 0)));

            assertThat(ttl(BY_TIME)).isBetween(120_000L, 180_000L);
        }

        @Test
        void ofAWindowByTimeAreRenewedByReadingWhileAStreakLasts() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("PEXPIRE", BY_TIME, "60000");

            get(store.sync("b", WINDOW, "quiet", null));

            assertThat(ttl(BY_TIME)).isBetween(120_000L, 180_000L);
        }

        @Test
        void ofAWindowByTimeAreLeftAloneByReadingWithoutAStreak() {
            Batch success =
                    new Batch(1, 0, List.of(new Batch.Slice(Duration.ZERO, 1, 0, 0)), "s", 0, LONG, Duration.ZERO);
            get(store.sync("b", WINDOW, "a", success));
            redis.command("PEXPIRE", BY_TIME, "60000");

            get(store.sync("b", WINDOW, "quiet", null));

            assertThat(ttl(BY_TIME)).isBetween(1L, 60_000L);
        }

        @Test
        void areLeftAloneByADenial() {
            transition(0, Kind.OPEN, Duration.ZERO);
            assertThat(permit("l1", 1)).isTrue();
            redis.command("PEXPIRE", STATE, "60000");
            redis.command("PEXPIRE", PERMITS, "60000");

            assertThat(permit("l2", 1)).isFalse();

            assertThat(ttl(STATE)).isBetween(1L, 60_000L);
            assertThat(ttl(PERMITS)).isBetween(1L, 60_000L);
            assertThat(redis.command("ZCARD", PERMITS)).isEqualTo(1L);
        }

        @Test
        void doNotComeFromReadingAnUnknownBreaker() {
            get(store.sync("b", WINDOW, "a", null));
            get(store.permit("b", new ProbeRequest("l", "a", LONG, 1, LONG)));
            get(store.complete("b", 0, "l", ProbeOutcome.FAILURE));
            get(store.adopt("b", SharedState.initial(), null));

            assertThat(keys()).isEmpty();
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class Garbage {

        @ParameterizedTest
        @ValueSource(strings = {STATE, PERMITS, OVERRIDE, BY_TIME, BY_COUNT})
        void ofAWrongTypeIsReplaced(String key, CapturedOutput output) {
            useEverything();
            redis.command("DEL", key);
            redis.command("SET", key, "garbage");

            repairsAndGoesOn(key, output);
        }

        @ParameterizedTest
        @MethodSource("dev.breaker.spring.redis.StoredDataTest#fields")
        void inAFieldIsReplaced(String key, String field, CapturedOutput output) {
            useEverything();
            assertThat(redis.command("HEXISTS", key, field)).as(field).isEqualTo(1L);
            redis.command("HSET", key, field, "gar bage\u0000\u00ff");

            repairsAndGoesOn(key, output);
        }

        @ParameterizedTest
        @CsvSource({"epoch,-1", "epoch,1e300", "epoch,nan", "epoch,99999999999999999999", "epoch,0x10", "until,inf"})
        void thatLooksLikeANumberIsReplaced(String field, String value, CapturedOutput output) {
            useEverything();
            redis.command("HSET", STATE, field, value);

            repairsAndGoesOn(STATE, output);
        }

        @ParameterizedTest
        @CsvSource({STATE + ",epoch", OVERRIDE + ",version"})
        void thatLeavesNoRoomToCountOnIsReplaced(String key, String field, CapturedOutput output) {
            useEverything();
            redis.command("HSET", key, field, "9007199254740991");

            repairsAndGoesOn(key, output);
        }

        @ParameterizedTest
        @CsvSource({
            "t,''",
            "t,0:1:1:0",
            "t,0:1:1:0:0:0",
            "t,0:-1:1:0:0",
            "t,0:1e3:1:0:0",
            "t,0:0x10:1:0:0",
            "t,0:nan:1:0:0",
            "t,0:99999999999999999999:1:0:0",
            "t,0:1:1:0:99999999999999999999",
            "k,0:0:0",
            "k,0:0:inf:0",
            "k,99999999999999999999:0:0:0",
            "k,0:0:0:99999999999999999999",
            "i:z,1",
            "i:z,99999999999999999999:1"
        })
        void amongTheNumbersOfAWindowIsReplaced(String field, String value, CapturedOutput output) {
            useEverything();
            redis.command("HSET", BY_TIME, field, value);

            repairsAndGoesOn(BY_TIME, output);
        }

        @ParameterizedTest
        @ValueSource(strings = {"garbage", "1:1", "1:1:1:1", "1:-1:0", "1:99999999999999999999:0"})
        void inASlotIsReplacedByTheNextBatchOfIt(String value, CapturedOutput output) {
            WindowSpec years = new WindowSpec(WindowSpec.Kind.TIME, 1, Duration.ofDays(365));
            get(store.sync("b", years, "a", failures(1, 0)));
            redis.command("HSET", YEARS, "0", value);

            replacesWithTheNextBatch(years, YEARS, output);
        }

        @ParameterizedTest
        @ValueSource(strings = {"gar bage", "x", "", "ff"})
        void amongOutcomesIsReplacedByTheNextBatch(String value, CapturedOutput output) {
            get(store.sync("b", LAST, "a", failures(1, 0)));
            redis.command("HSET", BY_COUNT, "o", value);

            replacesWithTheNextBatch(LAST, BY_COUNT, output);
        }

        private void replacesWithTheNextBatch(WindowSpec window, String key, CapturedOutput output) {
            try (SharedStore fresh = RedisStoreSupport.connected(Driver.LETTUCE, redis)) {
                assertThat(get(fresh.sync("b", window, "z", failures(1, 0))).totals())
                        .isEqualTo(new Totals(1, 1, 0, 1, null));
                assertThat(output).contains("WARN").contains("'" + key + "'");
                assertThat(get(fresh.sync("b", window, "z", failures(2, 0))).totals())
                        .isEqualTo(new Totals(2, 2, 0, 2, null));
            }
        }

        @ParameterizedTest
        @CsvSource({
            STATE + ",kind",
            OVERRIDE + ",mode",
            BY_TIME + ",v",
            BY_TIME + ",t",
            BY_TIME + ",k",
            BY_TIME + ",by",
            BY_COUNT + ",t"
        })
        void thatLacksAFieldIsReplaced(String key, String field, CapturedOutput output) {
            useEverything();
            redis.command("HDEL", key, field);

            repairsAndGoesOn(key, output);
        }

        @Test
        void isReportedOnceAMinute(CapturedOutput output) {
            try (SharedStore quiet = RedisStoreSupport.connected(Driver.LETTUCE, redis)) {
                for (int i = 0; i < 10; i++) {
                    redis.command("SET", STATE, "garbage");
                    get(quiet.sync("b", WINDOW, "a", null));
                }
            }
            assertThat(output.getAll().lines().filter(line -> line.contains("WARN")))
                    .hasSize(1);
        }

        private void repairsAndGoesOn(String key, CapturedOutput output) {
            try (SharedStore fresh = RedisStoreSupport.connected(Driver.LETTUCE, redis)) {
                get(fresh.sync("b", WINDOW, "z", null));
                get(fresh.sync("b", LAST, "z", null));
                assertThat(output).contains("WARN").contains("'" + key + "'");
                assertThat(redis.command("EXISTS", key)).isEqualTo(0L);

                SharedState open = get(fresh.transition("b", epoch(), state(Kind.OPEN, Duration.ZERO)));
                SyncReply counted = get(fresh.sync("b", WINDOW, "z", failures(1, open.epoch())));
                assertThat(counted.totals()).isEqualTo(new Totals(1, 1, 0, 1, null));
                assertThat(get(fresh.permit("b", new ProbeRequest("z", "z", LONG, 1, LONG)))
                                .granted())
                        .isTrue();
                assertThat(get(fresh.override("b", new SharedOverride(0, Mode.NONE, "", "", LONG, null)))
                                .version())
                        .isPositive();
            }
        }
    }

    @Nested
    class Fields {

        @Test
        void ofALaterVersionAreIgnoredAndKept() {
            useEverything();
            SyncReply before = get(store.sync("b", WINDOW, "z", null));
            for (String key : List.of(STATE, OVERRIDE, BY_TIME)) {
                redis.command("HSET", key, "v", "3", "later", "addition");
            }

            SyncReply after = get(store.sync("b", WINDOW, "z", null));
            get(store.complete("b", epoch(), "l1", ProbeOutcome.FAILURE));
            get(store.sync("b", WINDOW, "a", failures(9, epoch())));

            assertThat(after.state().epoch()).isEqualTo(before.state().epoch());
            assertThat(after.totals().calls()).isEqualTo(before.totals().calls());
            for (String key : List.of(STATE, OVERRIDE, BY_TIME)) {
                assertThat(redis.command("HGET", key, "later")).isEqualTo("addition");
            }
        }

        @Test
        void ofAWindowAreBoundedByItsSize() {
            for (int i = 1; i <= 30; i++) {
                Batch.Slice slice = new Batch.Slice(Duration.ofMillis(300L * i), 1, 0, 0);
                get(store.sync("b", WINDOW, "a", new Batch(i, 0, List.of(slice), "", 0, LONG, null)));
            }
            assertThat((Long) redis.command("HLEN", BY_TIME)).isLessThanOrEqualTo(4 + 1 + 10);
        }

        @Test
        void ofInstancesThatAreGoneAreRemovedWhenANewOneComes() {
            get(store.sync("b", WINDOW, "gone", failures(1, 0)));
            get(store.sync("b", WINDOW, "alive", failures(1, 0)));
            redis.command("HSET", BY_TIME, "i:gone", "1:1000");

            get(store.sync("b", WINDOW, "new", failures(1, 0)));

            assertThat(redis.command("HKEYS", BY_TIME))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .contains("i:alive", "i:new")
                    .doesNotContain("i:gone");
        }

        @Test
        void ofInstancesThatAreGoneAreRemovedAlsoIfAllSlotsAreOld() {
            get(store.sync("b", WINDOW, "gone", failures(1, 0)));
            redis.command("HSET", BY_TIME, "i:gone", "1:1000", "t", "0:1:1:0:1000");

            get(store.sync("b", WINDOW, "new", failures(1, 0)));

            assertThat(redis.command("HEXISTS", BY_TIME, "i:gone")).isEqualTo(0L);
        }

        @Test
        void ofAStreakFromTheFutureAreEndedByASuccessAfterTheServersClockWentBack() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("HSET", BY_TIME, "k", "1:" + inAnHour() + ":0:0");

            Batch success =
                    new Batch(2, 0, List.of(new Batch.Slice(Duration.ZERO, 1, 0, 0)), "s", 0, LONG, Duration.ZERO);
            assertThat(get(store.sync("b", WINDOW, "a", success)).totals().streak())
                    .isZero();
        }

        @Test
        void ofASuccessInTheFutureDoNotHideAStreakAfterTheServersClockWentBack() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("HSET", BY_TIME, "k", "0:0:" + inAnHour() + ":0", "by", "c");
            get(store.sync("b", WINDOW, "a", failures(2, 0)));

            assertThat(get(store.sync("b", WINDOW, "a", failures(3, 0)))
                            .totals()
                            .streak())
                    .isPositive();
        }

        private static String inAnHour() {
            long now = Long.parseLong((String) ((List<?>) redis.command("TIME")).get(0));
            return (now + 3600) + "000000";
        }

        @Test
        void ofATimeInTheFutureAreCorrectedAfterTheServersClockWentBack() {
            transition(0, Kind.OPEN, Duration.ofSeconds(30));
            long since = Long.parseLong((String) redis.command("HGET", STATE, "since"));
            long hour = 3_600_000_000L;
            redis.command("HSET", STATE, "since", "" + (since + hour), "until", "" + (since + hour + 30_000_000));

            assertThat(get(store.sync("b", WINDOW, "a", null)).state().remaining())
                    .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        }
    }

    @Nested
    class ServersClock {

        private static final long HOUR = 3_600_000_000L;

        @Test
        void takesTheLeasesOfAStayAlongWhenItGoesBack() {
            transition(0, Kind.OPEN, Duration.ZERO);
            assertThat(permit("l1", 1)).isTrue();
            long since = Long.parseLong((String) redis.command("HGET", STATE, "since"));
            redis.command("HSET", STATE, "since", "" + (since + HOUR));
            redis.command("ZADD", PERMITS, "" + (since + HOUR + 60_000_000), "l1");

            var denied = get(store.permit("b", new ProbeRequest("l2", "a", LONG, 1, Duration.ZERO)));

            assertThat(denied.granted()).isFalse();
            assertThat(denied.retryAfter()).isBetween(Duration.ofSeconds(30), LONG);
            assertThat(get(store.complete("b", epoch(), "l1", ProbeOutcome.SUCCESS))
                            .probes()
                            .successes())
                    .isOne();
        }
    }

    @Nested
    class LossOfData {

        @Test
        void isNoReasonToGiveAnEpochOutTwice() {
            transition(0, Kind.OPEN, Duration.ZERO);
            long before = epoch();
            redis.command("FLUSHALL");

            transition(0, Kind.CLOSED, Duration.ZERO);

            assertThat(epoch()).isGreaterThan(before);
        }

        @Test
        void isNoReasonToGiveAVersionOfAnOverrideOutTwice() {
            long before = version();
            redis.command("FLUSHALL");

            assertThat(version()).isGreaterThan(before);
        }

        private static long version() {
            return get(store.override("b", new SharedOverride(0, Mode.DISABLED, "why", "who", LONG, null)))
                    .version();
        }
    }

    @Nested
    class Instances {

        @Test
        void areOneKeyThatEndsWithTheLastOfThem() {
            tell("a", LONG);
            tell("b", LONG);
            assertThat(keys()).containsExactly(INSTANCES);
            assertThat(ttl(INSTANCES)).isBetween(LONG.toMillis(), 2 * LONG.toMillis());

            tell("a", Duration.ZERO);
            tell("b", Duration.ZERO);
            assertThat(keys()).isEmpty();
        }

        @Test
        void areRemovedWhenTheyAreGoneAndANewOneComes() {
            tell("gone", LONG);
            redis.command("HSET", INSTANCES, "gone", "1 1000 2000 0\n", "garbage", "garbage");
            tell("new", LONG);

            assertThat(redis.command("HKEYS", INSTANCES)).isEqualTo(List.of("new"));
        }

        @Test
        void areSeparatedByNamespaces() {
            tell("a", LONG);
            redis.command("RENAME", INSTANCES, "breaker:another:instances");

            assertThat(ids()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "garbage",
                    "1",
                    "1 2 3",
                    "x 1 99999999999999999999 0",
                    "1 1e3 9007199254740991 0",
                    "-1 1 2 0"
                })
        void areNotHiddenByGarbageInTheFieldOfOne(String garbage) {
            tell("a", LONG);
            redis.command("HSET", INSTANCES, "b", garbage);

            assertThat(ids()).containsExactly("a");
            assertThat(redis.command("HKEYS", INSTANCES)).isEqualTo(List.of("a"));
        }

        @Test
        void areNotHiddenByGarbageInALineNorByWhatIsAddedLater() {
            tell("a", LONG);
            String sound = "2 1 9007199254740991 3 later";
            redis.command(
                    "HSET",
                    INSTANCES,
                    "b",
                    sound + "\ngarbage\nc OPEN 1 2 3 4 later\nc SHUT 1 2 3 4\n% OPEN 0 0 0 0\n");
            redis.command("HSET", INSTANCES, "c".repeat(300), sound, "c", "1 1 9007199254740991 99999999999");

            List<InstanceReport> reports = get(store.reports());

            assertThat(reports).extracting(InstanceReport::instance).containsExactlyInAnyOrder("a", "b");
            assertThat(reports)
                    .filteredOn(report -> report.instance().equals("b"))
                    .singleElement()
                    .satisfies(report -> assertThat(report.omitted()).isEqualTo(3))
                    .satisfies(report -> assertThat(report.lines())
                            .containsExactly(new InstanceReport.Line("c", Kind.OPEN, true, 2, 3, 4)));
        }

        @Test
        void fromBeforeTheServersClockWentBackAreForgotten() {
            redis.command("HSET", INSTANCES, "b", "1 9007199254740990 9007199254740991 0\n");

            assertThat(ids()).isEmpty();
        }

        @Test
        void replaceAKeyOfAWrongType() {
            redis.command("SET", INSTANCES, "garbage");
            tell("a", LONG);
            assertThat(ids()).containsExactly("a");

            redis.command("SET", INSTANCES, "garbage");
            assertThat(ids()).isEmpty();
            assertThat(keys()).isEmpty();

            redis.command("SET", INSTANCES, "garbage");
            tell("a", Duration.ZERO);
            assertThat(keys()).isEmpty();
        }

        private static void tell(String instance, Duration ttl) {
            get(store.report(new InstanceReport(instance, Duration.ZERO, List.of(), 0), ttl));
        }

        private static List<String> ids() {
            return get(store.reports()).stream().map(InstanceReport::instance).toList();
        }
    }

    @Nested
    class Commands {

        /* Its slots do not change while a test runs. */
        private final WindowSpec ages = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofDays(365));

        @Test
        void areOnePerOperation() {
            transition(0, Kind.OPEN, Duration.ZERO);
            permit("warm", 5);
            long epoch = epoch();
            redis.command("CONFIG", "RESETSTAT");

            for (int i = 0; i < 20; i++) {
                get(store.sync("b", WINDOW, "a", failures(i + 1, epoch)));
            }
            permit("l1", 5);

            String stats = (String) redis.command("INFO", "commandstats");
            assertThat(stats).contains("cmdstat_evalsha:calls=21,").doesNotContain("cmdstat_eval:");
        }

        @ParameterizedTest
        @CsvSource({"1, 1", "50, 1", "1, 1000000", "50, 1000000"})
        void ofASyncDoNotGrowWithInstancesOrCalls(int peers, int calls) {
            for (int i = 0; i < peers; i++) {
                get(store.sync("b", ages, "peer-" + i, calls(1, calls)));
            }
            get(store.sync("b", ages, "a", calls(1, calls)));

            assertThat(inside(() -> store.sync("b", ages, "a", null))).isEqualTo("exists=1 hmget=1 time=1");
            assertThat(inside(() -> store.sync("b", ages, "a", calls(2, calls))))
                    .isEqualTo("exists=1 hmget=2 hset=1 pttl=1 time=1");
            assertThat(inside(() -> store.sync("b", ages, "a", calls(2, calls))))
                    .as("a repeated batch")
                    .isEqualTo("exists=1 hmget=1 time=1");
        }

        @ParameterizedTest
        @CsvSource({"1, 1", "50, 1", "1, 10", "50, 10"})
        void ofASyncByCountDoNotGrowWithInstancesOrCalls(int peers, int calls) {
            for (int i = 0; i < peers; i++) {
                get(store.sync("b", LAST, "peer-" + i, calls(1, calls)));
            }
            get(store.sync("b", LAST, "a", calls(1, calls)));

            assertThat(inside(() -> store.sync("b", LAST, "a", null))).isEqualTo("exists=1 hmget=1 pttl=1 time=1");
            assertThat(inside(() -> store.sync("b", LAST, "a", calls(2, calls))))
                    .isEqualTo("exists=1 hmget=2 hset=1 pttl=1 time=1");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 5, 9})
        void ofASyncDoNotGrowWithTheSlotsThatTheWindowLeavesBehind(int slots) {
            get(store.sync("b", ages, "a", calls(1, 7)));
            String key = (String) keys().get(0);
            long head = Long.parseLong(((String) redis.command("HGET", key, "t")).replaceAll(".*:", ""));
            redis.command("HSET", key, "t", "0:7:0:0:" + (head - slots));

            assertThat(inside(() -> store.sync("b", ages, "a", null))).isEqualTo("exists=1 hmget=2 time=1");
            assertThat(inside(() -> store.sync("b", ages, "a", calls(2, 7))))
                    .isEqualTo("exists=1 hdel=1 hmget=3 hset=1 pttl=1 time=1");
        }

        @Test
        void ofASyncAreFewMoreWithAStateAStreakAndAnOverride() {
            transition(0, Kind.OPEN, LONG);
            get(store.sync("b", ages, "a", failures(1, epoch())));
            assertThat(inside(() -> store.sync("b", ages, "a", null))).isEqualTo("exists=1 hmget=2 pttl=2 time=1");

            override(Mode.DISABLED, LONG);
            assertThat(inside(() -> store.sync("b", ages, "a", null))).isEqualTo("exists=1 hmget=3 pttl=2 time=1");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 50})
        void ofAReportDoNotGrowWithInstances(int peers) {
            for (int i = 0; i < peers; i++) {
                get(store.report(new InstanceReport("peer-" + i, LONG, List.of(), 0), LONG));
            }
            get(store.reports());
            assertThat(inside(() -> store.report(new InstanceReport("peer-0", LONG, List.of(), 0), LONG)))
                    .isEqualTo("hset=1 pttl=1 time=1");
            assertThat(inside(store::reports)).isEqualTo("hgetall=1 time=1");
        }

        /* The commands that a script gave, by the server's own count. */
        private String inside(Supplier<? extends CompletionStage<?>> operation) {
            redis.command("CONFIG", "RESETSTAT");
            get(operation.get());
            String stats = (String) redis.command("INFO", "commandstats");
            return stats.lines()
                    .filter(line -> line.startsWith("cmdstat_")
                            && !line.matches("cmdstat_(evalsha|config.*|info|ping|client.*|hello):.*"))
                    .map(line -> line.replaceAll("cmdstat_(.*):calls=(\\d+),.*", "$1=$2"))
                    .sorted()
                    .collect(Collectors.joining(" "));
        }

        private static Batch calls(long sequence, int calls) {
            List<Batch.Slice> slices = List.of(new Batch.Slice(Duration.ZERO, calls, 0, 0));
            return new Batch(sequence, 0, slices, "s".repeat(Math.min(10, calls)), 0, Duration.ZERO, Duration.ZERO);
        }
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                        Stream.of("v", "epoch", "kind", "since", "until", "opens", "permitted", "successes", "slow")
                                .map(field -> Arguments.of(STATE, field)),
                        Stream.of("v", "version", "mode", "since", "until").map(field -> Arguments.of(OVERRIDE, field)),
                        Stream.of("v", "t", "k", "i:z").map(field -> Arguments.of(BY_TIME, field)),
                        Stream.of("t", "k").map(field -> Arguments.of(BY_COUNT, field)))
                .flatMap(all -> all);
    }

    private void useEverything() {
        transition(0, Kind.OPEN, Duration.ZERO);
        assertThat(permit("l1", 5)).isTrue();
        get(store.sync("b", WINDOW, "z", failures(1, epoch())));
        get(store.sync("b", LAST, "z", failures(1, epoch())));
        override(Mode.DISABLED, LONG);
    }

    private static List<Object> keys() {
        return List.copyOf((List<?>) redis.command("KEYS", "*"));
    }

    private static long ttl(String key) {
        return (Long) redis.command("PTTL", key);
    }

    private static long epoch() {
        return get(store.sync("b", new WindowSpec(WindowSpec.Kind.TIME, 1, LONG), "reader", null))
                .state()
                .epoch();
    }

    private static void transition(long expected, Kind kind, Duration remaining) {
        get(store.transition("b", expected, state(kind, remaining)));
    }

    private static boolean permit(String lease, int permitted) {
        return get(store.permit("b", new ProbeRequest(lease, "a", LONG, permitted, Duration.ZERO)))
                .granted();
    }

    private static void override(Mode mode, Duration remaining) {
        get(store.override("b", new SharedOverride(0, mode, "why", "who", Duration.ZERO, remaining)));
    }

    private static SharedState state(Kind kind, Duration remaining) {
        return new SharedState(0, kind, Duration.ZERO, remaining, 1, "a", "test", Probes.NONE);
    }

    private static Batch failures(long sequence, long epoch) {
        List<Batch.Slice> slices = List.of(new Batch.Slice(Duration.ZERO, 1, 1, 0));
        return new Batch(sequence, epoch, slices, "f", 1, Duration.ZERO, null);
    }
}
