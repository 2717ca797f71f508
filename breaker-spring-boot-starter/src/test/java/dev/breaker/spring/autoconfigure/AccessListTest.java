package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.Breaker;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.BreakerState;
import dev.breaker.Permit;
import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.redis.RealRedis;
import dev.breaker.spring.redis.RealRedisCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The access list that the page on Redis gives is enough. */
@ExtendWith(OutputCaptureExtension.class)
class AccessListTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Path SCRIPTS = Path.of("src/main/resources/META-INF/breaker");
    private static final Pattern RIGHT = Pattern.compile("\\+[a-z|]+");

    private static String[] documentedUser() throws IOException {
        return page().lines()
                .filter(line -> line.startsWith("ACL SETUSER"))
                .findFirst()
                .orElseThrow()
                .split(" ");
    }

    private static String[] additionsInACluster() throws IOException {
        String sentence = page().lines()
                .filter(line -> line.startsWith("In a Redis Cluster add"))
                .findFirst()
                .orElseThrow();
        return RIGHT.matcher(sentence.substring(0, sentence.indexOf('.')))
                .results()
                .map(MatchResult::group)
                .toArray(String[]::new);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/redis.md"));
    }

    /** Beside what connections need, whichever client makes them. */
    @Test
    void holdsNoCommandThatNothingCalls() throws IOException {
        Set<String> called = new HashSet<>(Set.of("eval", "evalsha", "subscribe", "unsubscribe"));
        try (Stream<Path> scripts = Files.list(SCRIPTS)) {
            for (Path script :
                    scripts.filter(file -> file.toString().endsWith(".lua")).toList()) {
                Pattern.compile("(?:call|try)\\('([A-Z]+)'")
                        .matcher(Files.readString(script))
                        .results()
                        .forEach(call -> called.add(call.group(1).toLowerCase(Locale.ROOT)));
            }
        }
        assertThat(Stream.of(documentedUser()).filter(word -> word.matches("\\+[a-z]+")))
                .extracting(right -> right.substring(1))
                .containsExactlyInAnyOrderElementsOf(called);
    }

    private static ApplicationContextRunner service(RealRedis redis, String client) {
        return service(client).withPropertyValues("spring.data.redis.port=" + redis.port());
    }

    private static ApplicationContextRunner service(String client) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class,
                        BreakerAutoConfiguration.class,
                        BreakerRedisAutoConfiguration.class))
                .withPropertyValues(
                        "spring.application.name=offers",
                        "spring.data.redis.username=breaker",
                        "spring.data.redis.password=secret",
                        "spring.data.redis.client-type=" + client,
                        "breaker.instances.partner.consecutive-failure-threshold=2",
                        "breaker.instances.partner.permitted-number-of-calls-in-half-open-state=1",
                        "breaker.instances.partner.wait-duration-in-open-state=100ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void isEnoughForTheWholeLifeOfACircuit(String client) throws IOException {
        try (RealRedis redis = RealRedis.start()) {
            redis.command(documentedUser());
            liveThrough(service(redis, client), redis);
        }
    }

    /** With Redis 7 the clients need nothing of what connections may do to others. */
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void isEnoughInAClusterWithItsAdditions(String client) throws IOException {
        try (RealRedisCluster cluster = RealRedisCluster.start()) {
            for (RealRedis node : cluster.nodes()) {
                node.command(documentedUser());
                node.command(Stream.concat(Stream.of("ACL", "SETUSER", "breaker"), Stream.of(additionsInACluster()))
                        .toArray(String[]::new));
                node.command("ACL", "SETUSER", "breaker", "-@admin");
            }
            ApplicationContextRunner service = service(client)
                    .withPropertyValues("spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()));
            liveThrough(service, cluster.nodes().toArray(RealRedis[]::new));
        }
    }

    private static void liveThrough(ApplicationContextRunner service, RealRedis... servers) {
        service.run(one -> service.run(other -> {
            BreakerRegistry registry = one.getBean(BreakerRegistry.class);
            Breaker breaker = registry.breaker("partner");
            Breaker others = other.getBean(BreakerRegistry.class).breaker("partner");
            breaker.acquire().success(0);
            breaker.acquire().failure(new IOException("down"), 0);
            breaker.acquire().failure(new IOException("down"), 0);
            awaitState(others, BreakerState.OPEN);
            await().atMost(SOON).until(() -> probed(others));
            awaitState(breaker, BreakerState.CLOSED);
            breaker.forceOpen("maintenance", "test", Duration.ofMinutes(1));
            awaitState(others, BreakerState.FORCED_OPEN);
            Stream.of(servers).forEach(server -> server.command("FLUSHDB"));
            others.release("done", "test");
            awaitState(breaker, BreakerState.CLOSED);
            assertThat(registry.sharing()).isEqualTo(Sharing.ACTIVE);
            assertSeesReports(one.getBean(SharedStore.class), other.getBean(SharedStore.class));
        }));
        assertThat(servers)
                .allSatisfy(server ->
                        assertThat((List<?>) server.command("ACL", "LOG")).isEmpty());
    }

    @Test
    void withoutARightNothingIsTakenForGarbage(CapturedOutput output) throws IOException {
        try (RealRedis redis = RealRedis.start()) {
            redis.command(documentedUser());
            service(redis, "lettuce").run(context -> {
                BreakerRegistry registry = context.getBean(BreakerRegistry.class);
                Breaker breaker = registry.breaker("partner");
                breaker.forceOpen("maintenance", "test", null);
                await().atMost(SOON)
                        .until(
                                () -> redis.command("EXISTS", "breaker:offers:{partner}:override"),
                                Long.valueOf(1)::equals);
                redis.command("ACL", "SETUSER", "breaker", "-hmget");
                await().atMost(SOON).until(() -> registry.sharing() == Sharing.DEGRADED);
                assertThat(redis.command("EXISTS", "breaker:offers:{partner}:override"))
                        .isEqualTo(1L);
                redis.command("ACL", "SETUSER", "breaker", "+hmget");
                await().atMost(SOON).until(() -> registry.sharing() == Sharing.ACTIVE);
            });
        }
        assertThat(output).contains("HMGET was refused").doesNotContain("nobody could read");
    }

    private static void assertSeesReports(SharedStore one, SharedStore other) {
        InstanceReport report = new InstanceReport("tells", Duration.ZERO, List.of(), 0);
        assertThat(one.report(report, SOON).toCompletableFuture()).succeedsWithin(SOON);
        assertThat(other.reports().toCompletableFuture().join())
                .extracting(InstanceReport::instance)
                .contains("tells");
        assertThat(one.report(report, Duration.ZERO).toCompletableFuture()).succeedsWithin(SOON);
    }

    private static boolean probed(Breaker breaker) {
        Permit permit = breaker.tryAcquire();
        if (permit == null) {
            return false;
        }
        permit.success(0);
        return true;
    }

    private static void awaitState(Breaker breaker, BreakerState state) {
        await().atMost(SOON).untilAsserted(() -> assertThat(breaker.state()).isEqualTo(state));
    }
}
