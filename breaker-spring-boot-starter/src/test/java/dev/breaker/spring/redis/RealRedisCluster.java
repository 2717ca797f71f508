package dev.breaker.spring.redis;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three masters without replicas, each with a third of the slots. */
public final class RealRedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;

    private final List<RealRedis> nodes;

    private RealRedisCluster(List<RealRedis> nodes) {
        this.nodes = nodes;
    }

    public static RealRedisCluster start() {
        List<RealRedis> nodes = Stream.generate(
                        () -> RealRedis.start("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"))
                .limit(3)
                .toList();
        for (int i = 0; i < nodes.size(); i++) {
            String[] slots = IntStream.range(i * SLOTS / 3, (i + 1) * SLOTS / 3)
                    .mapToObj(Integer::toString)
                    .toArray(String[]::new);
            nodes.get(i)
                    .command(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), Stream.of(slots))
                            .toArray(String[]::new));
            nodes.get(i)
                    .command("CLUSTER", "MEET", "127.0.0.1", "" + nodes.get(0).port());
        }
        for (RealRedis node : nodes) {
            await().atMost(Duration.ofSeconds(30)).until(() -> isComplete(node));
        }
        return new RealRedisCluster(nodes);
    }

    public List<RealRedis> nodes() {
        return nodes;
    }

    /** {@code host:port} of every node. */
    public List<String> addresses() {
        return nodes.stream().map(node -> node.host() + ":" + node.port()).toList();
    }

    @Override
    public void close() {
        nodes.forEach(RealRedis::close);
    }

    private static boolean isComplete(RealRedis node) {
        String info = (String) node.command("CLUSTER", "INFO");
        return info.contains("cluster_state:ok")
                && info.contains("cluster_slots_ok:" + SLOTS)
                && info.contains("cluster_known_nodes:3");
    }
}
