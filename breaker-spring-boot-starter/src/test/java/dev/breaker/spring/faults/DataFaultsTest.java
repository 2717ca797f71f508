package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerEvent.Transition;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.KeyedBreakers;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What others write into Redis, and names and keys that nobody has checked. */
class DataFaultsTest {

    private final RealRedis redis = RealRedis.start();
    private final List<Peer> instances = new ArrayList<>();

    @AfterEach
    void stop() {
        instances.forEach(Peer::close);
        redis.close();
    }

    private Peer join(BreakerConfig config) {
        BreakerConfig probed = config.toBuilder()
                .waitDurationInOpenState(Duration.ofMillis(100))
                .build();
        Peer instance = Peer.on(
                redis,
                builder -> builder.syncInterval(Duration.ofMillis(50))
                        .pollInterval(Duration.ofMillis(100))
                        .configs(name -> name.equals("probed") ? probed : config));
        instances.add(instance);
        return instance;
    }

    private static BreakerConfig.Builder config() {
        return BreakerConfig.builder()
                .slidingWindowSize(60)
                .consecutiveFailureThreshold(3)
                .waitDurationInOpenState(Duration.ofMinutes(10));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    private List<String> keys() {
        return ((List<?>) redis.command("KEYS", "*"))
                .stream().map(String.class::cast).sorted().toList();
    }

    @Fault(
            of = Fault.Subject.DATA,
            what = "wrong types and garbage in every key and field of circuits in use",
            promise = "No call notices; state and override are put back, and counts begin anew.")
    @Test
    void garbageInRedisIsReplacedByWhatTheInstancesKnow(Observed observed) {
        Peer one = join(config().build());
        Peer other = join(config().build());
        one.breaker("forced").forceOpen("maintenance", "test", null);
        one.fail("open", 3);
        one.call("closed", 5);
        one.fail("probed", 3);
        soon().until(() -> one.breaker("probed").tryAcquire() != null);
        soon().until(() -> other.call("forced", 1) + other.call("open", 1) == 0);
        soon().until(() ->
                keys().stream().filter(key -> key.contains(":window:")).count() >= 2);
        long epoch = one.breaker("open").snapshot().epoch();

        Duration slowest = Duration.ZERO;
        List<String> keys = keys();
        for (String key : keys) {
            for (int kind = 0; kind < 3; kind++) {
                long begin = System.nanoTime();
                spoil(key, kind);
                soon().alias(key + " spoilt in way " + kind).until(() -> {
                    assertThat(instances).allSatisfy(instance -> {
                        assertThat(instance.call("closed", 1)).isEqualTo(1);
                        assertThat(instance.call("open", 1)).isZero();
                        assertThat(instance.call("forced", 1)).isZero();
                    });
                    return isSound(key);
                });
                slowest = longer(slowest, Duration.ofNanos(System.nanoTime() - begin));
            }
        }
        soon().until(() -> {
            instances.forEach(instance -> instance.call("probed", 1));
            return one.breaker("probed").state() == BreakerState.CLOSED;
        });
        Peer newcomer = join(config().build());
        soon().until(() -> newcomer.breaker("open").state() == BreakerState.OPEN
                && newcomer.breaker("forced").state() == BreakerState.FORCED_OPEN);
        assertThat(instances)
                .allSatisfy(instance ->
                        assertThat(instance.breaker("open").snapshot().epoch()).isEqualTo(epoch));
        assertThat(one.transitions().stream().map(Transition::breaker)).containsOnlyOnce("open", "forced");
        observed.note("keys", keys.size())
                .note("times spoilt", 3 * keys.size())
                .note("longest until sound again", slowest.toMillis() + " ms at a poll interval of 100 ms");
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /* In one step each: an instance may put the record back at any time. What is text may be any text. */
    private void spoil(String key, int kind) {
        String script = switch (kind) {
            case 0 -> "redis.call('SET', KEYS[1], 'garbage')";
            case 1 -> "redis.call('DEL', KEYS[1]) redis.call('LPUSH', KEYS[1], 'garbage')";
            default -> """
                        local kind = redis.call('TYPE', KEYS[1]).ok
                        if kind == 'zset' then
                          redis.call('ZADD', KEYS[1], '-inf', 'gar bage')
                        else
                          if kind ~= 'hash' then redis.call('DEL', KEYS[1]) end
                          redis.call('HSET', KEYS[1], 'spoilt', ARGV[1])
                          for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
                            redis.call('HSET', KEYS[1], field, ARGV[1])
                          end
                        end
                        """;
        };
        redis.command("EVAL", script, "1", key, "gar bage\u0000\u00ff");
    }

    /** Nothing is left of the garbage, and what must not be lost is there again. */
    private boolean isSound(String key) {
        String type = (String) redis.command("TYPE", key);
        return switch (type) {
            case "hash" ->
                ((List<?>) redis.command("HVALS", key)).stream().noneMatch(value -> ((String) value).contains("bage"));
            case "zset" -> key.endsWith(":permits");
            case "none" -> key.contains(":window:") || key.endsWith(":permits");
            default -> false;
        };
    }

    @Fault(
            of = Fault.Subject.DATA,
            what = "hostile names of circuits",
            promise = "Different names never meet in Redis; names that would break a line of log are refused.")
    @Test
    void hostileNamesStayApart(Observed observed) {
        List<String> names = List.of(
                "a",
                "A",
                "a}",
                "{a}",
                "{",
                "}{",
                "a:state",
                "a}:state",
                "*",
                "?",
                "[a]",
                "a b",
                " a",
                "%",
                "%61",
                "%25",
                "..",
                "\u00e4",
                "a\u0308",
                "\ud83d\ude80",
                "\u202ea",
                "'; FLUSHALL; --",
                "$(reboot)",
                "\"",
                "\\",
                "0",
                "-1",
                "nan",
                "x".repeat(200),
                "\u4e2d".repeat(200));
        Peer one = join(config().build());
        Peer other = join(config().build());
        names.forEach(other::breaker);
        Set<String> open = new HashSet<>();
        for (String name : names) {
            assertThat(one.fail(name, 3)).isEqualTo(3);
            open.add(name);
            soon().until(() -> other.breaker(name).state() == BreakerState.OPEN);
            assertThat(names)
                    .allSatisfy(each -> assertThat(other.breaker(each).state() == BreakerState.OPEN)
                            .isEqualTo(open.contains(each)));
        }
        List<String> states =
                keys().stream().filter(key -> key.endsWith("}:state")).toList();
        assertThat(states).hasSameSizeAs(names);
        assertThat(keys())
                .allSatisfy(
                        key -> assertThat(key).matches("breaker:faults:(\\{[-%._A-Za-z0-9]+}:[:a-z0-9]+|instances)"));
        List<String> refused = List.of("", " ", "a\r\nb", "a\u0000", "\u2028", "\ud83d", "x".repeat(201));
        assertThat(refused)
                .allSatisfy(name -> assertThatIllegalArgumentException().isThrownBy(() -> one.breaker(name)));
        observed.note("names", names.size())
                .note("states in Redis", states.size())
                .note("names refused", refused.size());
    }

    @Fault(
            of = Fault.Subject.DATA,
            what = "hostile keys of a circuit per key",
            promise = "Every key is taken; different keys never share a circuit, however long or odd they are.")
    @Test
    void hostileKeysStayApart(Observed observed) {
        List<String> keys = List.of(
                "",
                " ",
                "a",
                "A",
                "[",
                "]",
                "a]",
                "[#a]",
                "#a",
                "#",
                "a\r\nFLUSHALL\r\n",
                "\u0000",
                "\ud83d",
                "\ude80",
                "?",
                "\u2028",
                "{a}",
                "*",
                "x".repeat(1_000_000),
                "x".repeat(1_000_001));
        Peer one = join(config().build());
        Peer other = join(config().build());
        KeyedBreakers here = one.registry.keyed("tenant");
        KeyedBreakers there = other.registry.keyed("tenant");
        keys.forEach(there::breaker);
        Set<String> open = new HashSet<>();
        for (String key : keys) {
            assertThat(Peer.calls(here.breaker(key), 3, false)).isEqualTo(3);
            open.add(key);
            soon().until(() -> there.breaker(key).state() == BreakerState.OPEN);
            assertThat(keys)
                    .allSatisfy(each -> assertThat(there.breaker(each).state() == BreakerState.OPEN)
                            .isEqualTo(open.contains(each)));
        }
        assertThat(there.breakers()).hasSameSizeAs(keys);
        assertThat(there.breaker(null).state()).isEqualTo(BreakerState.CLOSED);
        int longest = keys().stream().mapToInt(String::length).max().orElseThrow();
        observed.note("keys", keys.size())
                .note("circuits", there.size())
                .note("longest key in Redis", longest + " characters");
    }

    @Fault(
            of = Fault.Subject.DATA,
            what = "a hundred thousand keys of a circuit per key",
            promise = "Memory, circuits and keys in Redis are bounded; keys that nobody uses any more go.")
    @Test
    void aHundredThousandKeysTakeBoundedRoom(Observed observed) {
        int most = 5_000;
        Peer instance =
                join(config().maxKeys(most).keyIdleExpiry(Duration.ofSeconds(3)).build());
        KeyedBreakers tenants = instance.registry.keyed("tenant");
        Peer.calls(tenants.breaker("warm"), 1, true);
        long before = Room.heapAfterCollection();
        int[] circuits = {0};
        IntStream.range(0, 100_000).forEach(i -> {
            assertThat(Peer.calls(tenants.breaker("tenant-" + i), 1, true)).isEqualTo(1);
            circuits[0] = Math.max(circuits[0], tenants.size());
        });
        assertThat(circuits[0]).isEqualTo(most);
        long begin = System.nanoTime();
        long worked = Room.processorTimeOf("breaker-timer");
        await().until(() -> System.nanoTime() - begin >= 1_000_000_000);
        long work = Room.processorTimeOf("breaker-timer") - worked;
        long perCircuit = (Room.heapAfterCollection() - before) / most;
        assertThat(perCircuit).isLessThan(8_192);
        long keys = (Long) redis.command("DBSIZE");
        assertThat(keys).isBetween(1L, 4L * most);

        soon().until(() -> tenants.size() == 0);
        soon().until(() -> instance.registry.sharing() == Sharing.ACTIVE);
        assertThat(instance.registry.breakers()).extracting(Breaker::name).containsExactly("tenant");
        assertThat(redis.command("EVAL", IMMORTAL, "0")).isEqualTo(0L);
        observed.note("circuits at most", circuits[0])
                .note("heap of each", perCircuit + " B")
                .note("keys in Redis", keys)
                .note("background work for all of them", work / 1_000_000 + " ms per second")
                .note("circuits when idle", tenants.size());
    }

    /* What docs/redis.md says of keys that come from strangers, who may make the circuit of every key open. */
    @Test
    void everyGenerationOfKeysLeavesAStateAndAWindowForADay() {
        int most = 3;
        Peer instance = join(config().slidingWindowType(BreakerConfig.SlidingWindowType.COUNT_BASED)
                .waitDurationInOpenState(Duration.ofMillis(100))
                .maxKeys(most)
                .keyIdleExpiry(Duration.ofSeconds(1))
                .build());
        KeyedBreakers tenants = instance.registry.keyed("tenant");
        for (String generation : List.of("first", "second")) {
            IntStream.range(0, 2 * most).forEach(i -> Peer.calls(tenants.breaker(generation + i), 3, false));
            soon().until(() -> tenants.size() == 0);
        }
        List<String> left =
                keys().stream().filter(key -> key.contains("{tenant%5B")).toList();
        assertThat(left).filteredOn(key -> key.endsWith(":state")).hasSize(2 * most);
        assertThat(left).filteredOn(key -> key.contains(":window:")).hasSize(2 * most);
        assertThat(left)
                .hasSize(4 * most)
                .allSatisfy(key -> assertThat((Long) redis.command("PTTL", key))
                        .isBetween(1L, Duration.ofDays(1).toMillis()));
    }

    private static final String IMMORTAL = """
            local immortal = 0
            for _, key in ipairs(redis.call('KEYS', '*')) do
              if redis.call('PTTL', key) < 0 then immortal = immortal + 1 end
            end
            return immortal""";
}
