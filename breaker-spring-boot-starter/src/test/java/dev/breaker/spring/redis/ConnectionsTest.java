package dev.breaker.spring.redis;

import static dev.breaker.spring.redis.RedisStoreSupport.awaitConnected;
import static dev.breaker.spring.redis.RedisStoreSupport.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.shared.Probes;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.WindowSpec;
import dev.breaker.spring.redis.RedisStoreSupport.Driver;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Which connections a store opens, and what becomes of the application's. */
class ConnectionsTest {

    private static final WindowSpec WINDOW = new WindowSpec(WindowSpec.Kind.COUNT, 10, Duration.ZERO);
    private static final RedisSharedStoreFactory.Settings SETTINGS =
            new RedisSharedStoreFactory.Settings("breaker", "test", RedisStoreSupport.PATIENT);

    private RealRedis redis;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void areCopiedFromTheApplicationsWithUserAndDatabase(Driver driver) throws Exception {
        redis.command("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all");
        RedisStandaloneConfiguration target = new RedisStandaloneConfiguration(redis.host(), redis.port());
        target.setUsername("app");
        target.setPassword("secret");
        target.setDatabase(3);
        RedisConnectionFactory application = initialized(driver.application(target));

        try (SharedStore store = awaitConnected(RedisSharedStoreFactory.derivedFrom(application, null, SETTINGS))) {
            open(store);
            List<String> ours = clients().stream()
                    .filter(line -> line.contains(" name=breaker "))
                    .toList();
            assertThat(ours).isNotEmpty().allMatch(line -> line.contains(" user=app "));
            assertThat(store.describe())
                    .isEqualTo("Redis 127.0.0.1:" + redis.port() + " ("
                            + driver.application(target)
                                    .getClass()
                                    .getSimpleName()
                                    .replace("ConnectionFactory", ")"));
            assertThat((String) redis.command("INFO", "keyspace"))
                    .contains("db3:keys=1")
                    .doesNotContain("db0");
            await().until(() -> redis.command("PUBSUB", "CHANNELS").equals(List.of("breaker:test:changes:3")));
        }

        try (RedisConnection still = application.getConnection()) {
            assertThat(still.ping()).isEqualTo("PONG");
        }
        ((DisposableBean) application).destroy();
        await().until(() -> clients().stream().noneMatch(line -> line.contains(" name=breaker ")));
    }

    @Test
    void areFoundWhenTheFactoryWasMadeFromAnInterface() {
        RedisConfiguration target = new RedisStandaloneConfiguration(redis.host(), redis.port());
        var application = new LettuceConnectionFactory(target, LettuceClientConfiguration.defaultConfiguration());

        try (SharedStore store = awaitConnected(RedisSharedStoreFactory.derivedFrom(application, null, SETTINGS))) {
            open(store);
        }
    }

    @Test
    void goWhereTheyAreToldIfTheFactoryCannotTell() {
        var target = new RedisStaticMasterReplicaConfiguration(redis.host(), redis.port());
        var application = new LettuceConnectionFactory(target);

        try (SharedStore store = awaitConnected(RedisSharedStoreFactory.derivedFrom(application, target, SETTINGS))) {
            open(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofAFactoryOfOursAreUsedAsTheyAreAndNotClosed(Driver driver) throws Exception {
        RedisConnectionFactory given = initialized(driver.application(redis));
        try (SharedStore store = awaitConnected(RedisSharedStoreFactory.using(given, SETTINGS))) {
            open(store);
            assertThat(clients()).noneMatch(line -> line.contains(" name=breaker "));
        }
        try (RedisConnection still = given.getConnection()) {
            assertThat(still.ping()).isEqualTo("PONG");
        }
        ((DisposableBean) given).destroy();
    }

    @Test
    void ofAnUnknownKindWorkThroughSpringData() throws Exception {
        RedisConnectionFactory known = initialized(Driver.LETTUCE.application(redis));
        RedisConnectionFactory unknown = wrap(
                RedisConnectionFactory.class,
                known,
                "getConnection",
                () -> wrap(RedisConnection.class, known.getConnection(), "getNativeConnection", Object::new));

        try (SharedStore store = awaitConnected(RedisSharedStoreFactory.derivedFrom(unknown, null, SETTINGS))) {
            open(store);
            open(store, "again");
        }
        ((DisposableBean) known).destroy();
    }

    /** Hides the type of an object, and what one of its methods returns. */
    private static <T> T wrap(Class<T> type, T wrapped, String hidden, Supplier<Object> instead) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        method.getName().equals(hidden) ? instead.get() : method.invoke(wrapped, arguments)));
    }

    private List<String> clients() {
        return ((String) redis.command("CLIENT", "LIST")).lines().toList();
    }

    private static RedisConnectionFactory initialized(RedisConnectionFactory factory) throws Exception {
        ((InitializingBean) factory).afterPropertiesSet();
        return factory;
    }

    private static void open(SharedStore store) {
        open(store, "b");
    }

    private static void open(SharedStore store, String breaker) {
        SharedState open =
                new SharedState(0, Kind.OPEN, Duration.ZERO, Duration.ofSeconds(60), 1, "a", "test", Probes.NONE);
        assertThat(get(store.transition(breaker, 0, open)).kind()).isEqualTo(Kind.OPEN);
        assertThat(get(store.sync(breaker, WINDOW, "a", null)).state().kind()).isEqualTo(Kind.OPEN);
    }
}
