package dev.breaker.spring.redis;

import static dev.breaker.spring.redis.RedisStoreSupport.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.Batch;
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
            assertThat(ttl(BY_TIME)).isBetween(30_000L, 60_000L);
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

        @Test
        void thatLacksAFieldIsReplaced(CapturedOutput output) {
            useEverything();
            redis.command("HDEL", STATE, "kind");

            repairsAndGoesOn(STATE, output);
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
                redis.command("HSET", key, "v", "2", "later", "addition");
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
            assertThat((Long) redis.command("HLEN", BY_TIME)).isLessThanOrEqualTo(12 + 1 + 10);
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
            redis.command("HSET", BY_TIME, "i:gone", "1:1000", "h", "1000");

            get(store.sync("b", WINDOW, "new", failures(1, 0)));

            assertThat(redis.command("HEXISTS", BY_TIME, "i:gone")).isEqualTo(0L);
        }

        @Test
        void ofAStreakFromTheFutureAreEndedByASuccessAfterTheServersClockWentBack() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("HSET", BY_TIME, "k0", inAnHour());

            Batch success =
                    new Batch(2, 0, List.of(new Batch.Slice(Duration.ZERO, 1, 0, 0)), "s", 0, LONG, Duration.ZERO);
            assertThat(get(store.sync("b", WINDOW, "a", success)).totals().streak())
                    .isZero();
        }

        @Test
        void ofASuccessInTheFutureDoNotHideAStreakAfterTheServersClockWentBack() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("HSET", BY_TIME, "k", "0", "k0", "0", "o1", inAnHour(), "oi", "c");
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
    class Commands {

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

        @Test
        void ofASyncStayFew() {
            get(store.sync("b", WINDOW, "a", failures(1, 0)));
            redis.command("CONFIG", "RESETSTAT");
            get(store.sync("b", WINDOW, "a", failures(2, 0)));

            String stats = (String) redis.command("INFO", "commandstats");
            long inside = stats.lines()
                    .filter(line -> line.startsWith("cmdstat_")
                            && !line.matches("cmdstat_(evalsha|config.*|info|ping|client.*|hello):.*"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
                    .sum();
            assertThat(inside).isLessThanOrEqualTo(10);
        }
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                        Stream.of("v", "epoch", "kind", "since", "until", "opens", "permitted", "successes", "slow")
                                .map(field -> Arguments.of(STATE, field)),
                        Stream.of("v", "version", "mode", "since", "until").map(field -> Arguments.of(OVERRIDE, field)),
                        Stream.of("v", "e", "c", "f", "s", "k", "k0", "o1", "o2", "h", "i:z")
                                .map(field -> Arguments.of(BY_TIME, field)),
                        Stream.of("c", "o").map(field -> Arguments.of(BY_COUNT, field)))
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
