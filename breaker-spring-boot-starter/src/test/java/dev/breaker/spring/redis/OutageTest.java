package dev.breaker.spring.redis;

import static dev.breaker.spring.redis.RedisStoreSupport.get;
import static dev.breaker.spring.redis.RedisStoreSupport.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.shared.Batch;
import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreListener;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import dev.breaker.spring.faults.Fault;
import dev.breaker.spring.faults.Observed;
import dev.breaker.spring.redis.RedisStoreSupport.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** What callers see while a server is away, hangs or refuses, and when it is back. */
@ExtendWith(OutputCaptureExtension.class)
class OutageTest {

    private static final WindowSpec WINDOW = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(60));
    private static final Duration TIMEOUT = RedisSharedStoreFactory.Settings.DEFAULT_COMMAND_TIMEOUT;
    private static final Duration SOON = Duration.ofSeconds(20);

    private RealRedis redis;

    private SharedStore store;

    @AfterEach
    void stop() {
        store.close();
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void aHungServerBlocksNobodyAndEveryOperationEndsInTime(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        redis.hang();

        long begin = System.nanoTime();
        List<CompletableFuture<SyncReply>> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(store.sync("b" + i, WINDOW, "a", null).toCompletableFuture());
        }
        assertThat(since(begin)).isLessThan(Duration.ofMillis(400));

        replies.forEach(reply -> assertThatThrownBy(
                        () -> reply.orTimeout(5, TimeUnit.SECONDS).join())
                .hasCauseInstanceOf(RedisStoreException.class));
        assertThat(since(begin)).isLessThan(Duration.ofSeconds(4));
    }

    @Fault(
            of = Fault.Subject.REDIS,
            what = "hung while a batch is under way; its reply comes too late",
            promise = "The batch is sent again under its number, and counts once.")
    @ParameterizedTest
    @EnumSource
    void aRepeatedBatchCountsOnceWhenTheFirstReplyWasLost(Driver driver, Observed observed) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        redis.hang();
        assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", failures(1, 3))))
                .hasCauseInstanceOf(RedisStoreException.class);
        redis.resume();
        awaitReply();

        SyncReply reply = get(store.sync("b", WINDOW, "a", failures(1, 3)));

        assertThat(reply.totals().calls()).isEqualTo(3);
        assertThat(reply.totals().streak()).isEqualTo(3);
        observed.note("calls sent", 3).note("calls counted", reply.totals().calls());
    }

    @ParameterizedTest
    @EnumSource
    void lateRepliesAreNeverTakenForThoseOfOtherOperations(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        List<String> names = List.of("one", "two", "three", "four");
        names.forEach(name -> get(store.transition(name, 0, open(name))));

        AtomicInteger answered = new AtomicInteger();
        for (int round = 0; round < 3; round++) {
            redis.hang();
            names.forEach(name -> store.sync(name, WINDOW, "a", null));
            RedisStoreSupport.pass(Duration.ofMillis(300));
            redis.resume();
            for (int i = 0; i < 20; i++) {
                for (String name : names) {
                    store.sync(name, WINDOW, "a", null)
                            .toCompletableFuture()
                            .handle((reply, failure) -> {
                                if (reply != null) {
                                    answered.incrementAndGet();
                                    assertThat(reply.state().cause()).isEqualTo(name);
                                }
                                return "";
                            })
                            .orTimeout(5, TimeUnit.SECONDS)
                            .join();
                }
            }
        }
        assertThat(answered).hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource
    void theStoreIsBackAfterACrashAndARestart(Driver driver, CapturedOutput output) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        Subscriber subscriber = new Subscriber();
        store.subscribe(subscriber);
        await().atMost(SOON).until(() -> subscriber.subscriptions.get() == 1);

        redis.kill();
        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasRootCauseInstanceOf(RedisStoreException.class));
        redis.restart();
        awaitReply();
        await().atMost(SOON).until(() -> subscriber.subscriptions.get() > 1);
        get(store.transition("b", 0, open("after the restart")));

        await().atMost(SOON).until(() -> !subscriber.states.isEmpty());
        assertThat(subscriber.states.element().cause()).isEqualTo("after the restart");
        assertThat(output.getAll()).doesNotContain("ERROR").doesNotContain("\tat ");
        assertThat(output.getAll().lines().filter(line -> line.contains(" WARN ")))
                .hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void theStoreIsBackAfterALongHang(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        Subscriber subscriber = new Subscriber();
        store.subscribe(subscriber);
        redis.hang();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasMessageContaining("127.0.0.1:" + redis.port()));
        redis.resume();

        awaitReply();
        get(store.transition("b", 0, open("after the hang")));
        await().atMost(SOON).until(() -> !subscriber.states.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatComesUpLaterIsFound(Driver driver) {
        redis = RealRedis.start();
        redis.stop();
        long begin = System.nanoTime();
        store = store(driver, redis, TIMEOUT);
        assertThat(since(begin)).isLessThan(Duration.ofSeconds(2));
        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasMessageContaining("127.0.0.1:" + redis.port()));

        redis.restart();

        awaitReply();
    }

    @ParameterizedTest
    @EnumSource
    void scriptsThatTheServerForgotAreSentAgain(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        get(store.sync("b", WINDOW, "a", failures(1, 1)));
        redis.command("SCRIPT", "FLUSH");

        List<CompletableFuture<SyncReply>> replies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            /* One after the other is what one instance sends. */
            replies.add(store.sync("b", WINDOW, "a" + i, failures(1, 1)).toCompletableFuture());
        }

        replies.forEach(RedisStoreSupport::get);
        assertThat(get(store.sync("b", WINDOW, "a", null)).totals().calls()).isEqualTo(11);
    }

    @ParameterizedTest
    @EnumSource
    void aWrongPasswordIsNamedAsSuch(Driver driver, CapturedOutput output) {
        redis = RealRedis.startWithPassword("right");
        store = withPassword(driver, "wrong");

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasMessageContaining("WRONGPASS invalid username-password pair"));
        assertThat(output.getAll())
                .doesNotContain("ERROR")
                .doesNotContain("\tat ")
                .doesNotContain("wrong\"");
    }

    @ParameterizedTest
    @EnumSource
    void aMissingPasswordIsNamedAsSuch(Driver driver) {
        redis = RealRedis.startWithPassword("right");
        store = withPassword(driver, "");

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasMessageContaining("NOAUTH "));
    }

    @ParameterizedTest
    @EnumSource
    void aMissingPermissionIsNamedAsSuch(Driver driver) {
        redis = RealRedis.start();
        redis.command("ACL", "SETUSER", "default", "-evalsha");
        store = store(driver, redis, TIMEOUT);

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                        .hasMessageContaining("evalsha")
                        .hasMessageContaining("permissions"));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsAnErrorIsNoReasonToConnectAnew(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        await().until(() -> redis.command("PUBSUB", "NUMSUB", "breaker:test:changes:0")
                .equals(List.of("breaker:test:changes:0", 1L)));
        List<String> before = connections();
        redis.command("ACL", "SETUSER", "default", "-evalsha");

        long begin = System.nanoTime();
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                    .hasRootCauseInstanceOf(RedisStoreException.class);
            return since(begin).compareTo(Duration.ofSeconds(3)) > 0;
        });

        assertThat(connections()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void withoutPermissionForTheChannelOnlyThePushIsMissing(Driver driver, CapturedOutput output) {
        redis = RealRedis.start();
        redis.command("ACL", "SETUSER", "default", "resetchannels");
        store = awaitReply(driver);

        assertThat(get(store.transition("b", 0, open("x"))).kind()).isEqualTo(Kind.OPEN);
        await().atMost(SOON).until(() -> output.getAll().contains("learnt by polling only"));
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyServerRefusesAndIsLeftForAnother(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        redis.command("REPLICAOF", "127.0.0.1", "1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> get(store.transition("b", 0, open("x"))))
                        .hasRootCauseInstanceOf(RedisStoreException.class));

        redis.command("REPLICAOF", "NO", "ONE");
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> get(store.transition("b", 0, open("x"))).epoch() > 0);
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyServerIsLeftThoughItAnswersWhatOnlyReads(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        List<String> before = connections();
        redis.command("REPLICAOF", "127.0.0.1", "1");
        assertThatThrownBy(() -> get(store.transition("b", 0, open("x")))).hasMessageContaining("READONLY");

        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            get(store.sync("b", WINDOW, "a", null));
            assertThat(connections()).isNotEmpty().doesNotContainAnyElementsOf(before);
        });
    }

    @ParameterizedTest
    @EnumSource
    void closingTakesNoLongerThanHalfASecondWhileTheServerHangs(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        redis.hang();
        store.sync("b", WINDOW, "a", null);

        long begin = System.nanoTime();
        store.close();
        assertThat(since(begin)).isLessThan(Duration.ofMillis(700));
        store.close();

        assertThatThrownBy(() -> get(store.sync("b", WINDOW, "a", null)))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("Closed");
    }

    @ParameterizedTest
    @EnumSource
    void closingWhileConnectingIsAsQuickAndLeavesNoThread(Driver driver) {
        redis = RealRedis.start();
        redis.hang();
        store = store(driver, redis, TIMEOUT);

        long begin = System.nanoTime();
        store.close();
        assertThat(since(begin)).isLessThan(Duration.ofMillis(700));

        redis.resume();
        await().atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("breaker-redis")));
    }

    @ParameterizedTest
    @EnumSource
    void garbageOnTheChannelIsIgnored(Driver driver) {
        redis = RealRedis.start();
        store = awaitReply(driver);
        Subscriber subscriber = new Subscriber();
        store.subscribe(subscriber);
        await().atMost(SOON).until(() -> subscriber.subscriptions.get() > 0);

        for (String message : List.of(
                "",
                " ",
                "1",
                "1 state",
                "1 state b",
                "1 state b x OPEN",
                "2 state b 1",
                "1 override b",
                "%",
                "%zz \u00ff")) {
            redis.command("PUBLISH", "breaker:test:changes:0", message);
        }
        get(store.transition("b 100 %", 0, open("fine")));

        await().atMost(SOON).until(() -> !subscriber.states.isEmpty());
        assertThat(subscriber.names).containsExactly("b 100 %");
    }

    private SharedStore awaitReply(Driver driver) {
        store = store(driver, redis, TIMEOUT);
        awaitReply();
        return store;
    }

    private void awaitReply() {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> store.sync("ping", WINDOW, "ping", null)
                        .toCompletableFuture()
                        .handle((reply, failure) -> failure == null)
                        .get(10, TimeUnit.SECONDS));
    }

    private SharedStore withPassword(Driver driver, String password) {
        var target = new RedisStandaloneConfiguration(redis.host(), redis.port());
        target.setPassword(password);
        return RedisSharedStoreFactory.derivedFrom(
                driver.application(target), null, new RedisSharedStoreFactory.Settings("breaker", "test", TIMEOUT));
    }

    private List<String> connections() {
        return ((String) redis.command("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" name=breaker "))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static SharedState open(String cause) {
        return new SharedState(0, Kind.OPEN, Duration.ZERO, Duration.ofSeconds(60), 1, "a", cause, Probes.NONE);
    }

    private static Batch failures(long sequence, int failures) {
        List<Batch.Slice> slices = List.of(new Batch.Slice(Duration.ZERO, failures, failures, 0));
        return new Batch(sequence, 0, slices, "", failures, Duration.ZERO, null);
    }

    private static final class Subscriber implements SharedStoreListener {

        final AtomicInteger subscriptions = new AtomicInteger();

        final ConcurrentLinkedQueue<SharedState> states = new ConcurrentLinkedQueue<>();

        final ConcurrentLinkedQueue<String> names = new ConcurrentLinkedQueue<>();

        @Override
        public void stateChanged(String breaker, SharedState state) {
            names.add(breaker);
            states.add(state);
        }

        @Override
        public void overrideChanged(String breaker, SharedOverride override) {
            names.add(breaker);
        }

        @Override
        public void subscribed() {
            subscriptions.incrementAndGet();
        }
    }
}
