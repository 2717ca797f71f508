package dev.breaker.spring.redis;

import static dev.breaker.spring.redis.RedisStoreSupport.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import dev.breaker.spring.faults.Fault;
import dev.breaker.spring.faults.Observed;
import dev.breaker.spring.redis.RedisStoreSupport.Driver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A cluster that has lost one of its nodes goes on with the others. */
class ClusterOutageTest {

    private static final WindowSpec WINDOW = new WindowSpec(WindowSpec.Kind.COUNT, 10, Duration.ZERO);
    private static final Duration SOON = Duration.ofSeconds(30);

    @Fault(
            of = Fault.Subject.REDIS,
            what = "a node of a Redis Cluster is killed",
            promise =
                    "Circuits on other nodes do not notice; those on the lost node are decided by each instance alone, and shared again when it is back.")
    @ParameterizedTest
    @EnumSource
    void theBreakersOfTheOtherNodesDoNotNoticeACrash(Driver driver, Observed observed) {
        try (RealRedisCluster cluster = RealRedisCluster.start();
                SharedStore store = connected(driver, cluster)) {
            List<String> lost = List.of(nameOn(cluster, 2, 0), nameOn(cluster, 2, 1));
            List<String> kept = List.of(nameOn(cluster, 0, 0), nameOn(cluster, 1, 0));
            lost.forEach(name -> get(store.sync(name, WINDOW, "a", null)));
            kept.forEach(name -> get(store.sync(name, WINDOW, "a", null)));

            cluster.nodes().get(2).kill();

            await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
                List<CompletableFuture<SyncReply>> failing = sync(store, lost);
                sync(store, kept).forEach(RedisStoreSupport::get);
                failing.forEach(
                        reply -> assertThatThrownBy(() -> get(reply)).hasCauseInstanceOf(RedisStoreException.class));
            });

            cluster.nodes().get(2).restart();
            long back = System.nanoTime();
            await().atMost(SOON)
                    .until(() -> sync(store, lost).stream()
                            .allMatch(reply -> reply.handle((r, e) -> e == null)
                                    .orTimeout(5, TimeUnit.SECONDS)
                                    .join()));
            observed.note("shared again after", (System.nanoTime() - back) / 1_000_000 + " ms");
        }
    }

    private static List<CompletableFuture<SyncReply>> sync(SharedStore store, List<String> names) {
        return names.stream()
                .map(name -> store.sync(name, WINDOW, "a", null).toCompletableFuture())
                .toList();
    }

    private static SharedStore connected(Driver driver, RealRedisCluster cluster) {
        var target = new RedisClusterConfiguration(cluster.addresses());
        RedisConnectionFactory application =
                driver == Driver.LETTUCE ? new LettuceConnectionFactory(target) : new JedisConnectionFactory(target);
        SharedStore store = RedisStoreSupport.awaitConnected(RedisSharedStoreFactory.derivedFrom(
                application, null, new RedisSharedStoreFactory.Settings("breaker", "test", Duration.ofMillis(250))));
        assertThat(store.describe()).startsWith("Redis Cluster 127.0.0.1:");
        return store;
    }

    /** The nth name whose keys live on a node. */
    private static String nameOn(RealRedisCluster cluster, int node, int nth) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "name" + i)
                .filter(name -> {
                    long slot = (Long) cluster.nodes().get(0).command("CLUSTER", "KEYSLOT", "{" + name + "}");
                    return slot >= node * 16_384L / 3 && slot < (node + 1) * 16_384L / 3;
                })
                .skip(nth)
                .findFirst()
                .orElseThrow();
    }
}
