package dev.breaker.spring.faults;

import static dev.breaker.spring.faults.Instance.PROBES;

import dev.breaker.spring.faults.Fault.Subject;
import dev.breaker.spring.redis.RealRedis;
import dev.breaker.spring.redis.RealRedisCluster;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClusterMigrationTest {

    @Fault(
            of = Subject.REDIS,
            what = "a Redis Cluster moves the circuits' slots to other nodes",
            promise =
                    "While a slot is on its way its circuits may be decided by each instance alone; then they are shared again within 2.2 s, and every call counts once.")
    @Test
    void movesTheCircuits(Observed observed) {
        try (RealRedisCluster cluster = RealRedisCluster.start();
                Drill drill = Drill.on(
                        circuit -> owner(cluster, circuit, 1),
                        "spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()))) {
            for (String circuit : List.of("closed", "open", "half", "trip")) {
                move(cluster, circuit, drill);
            }
            drill.decides()
                    .recovers(3 * PROBES)
                    .countsEachCall()
                    .tellsTheEndOfEachOutage()
                    .note(observed);
        }
    }

    /* As redis-cli does it. */
    private static void move(RealRedisCluster cluster, String circuit, Drill drill) {
        RealRedis from = owner(cluster, circuit, 0);
        RealRedis to = owner(cluster, circuit, 1);
        String slot = "" + slot(cluster, circuit);
        to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", id(from));
        from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", id(to));
        drill.traffic().awaitEach(20);
        for (Object key : (List<?>) from.command("CLUSTER", "GETKEYSINSLOT", slot, "100")) {
            from.command("MIGRATE", to.host(), "" + to.port(), (String) key, "0", "5000");
            drill.traffic().awaitEach(20);
        }
        Stream.concat(Stream.of(to, from), cluster.nodes().stream())
                .forEach(node -> node.command("CLUSTER", "SETSLOT", slot, "NODE", id(to)));
    }

    /** The node that has a circuit at first, or one of those after it. */
    private static RealRedis owner(RealRedisCluster cluster, String circuit, int further) {
        int nodes = cluster.nodes().size();
        return cluster.nodes().get(((int) (slot(cluster, circuit) * nodes / 16_384) + further) % nodes);
    }

    private static long slot(RealRedisCluster cluster, String circuit) {
        return (Long) cluster.nodes().get(0).command("CLUSTER", "KEYSLOT", "{" + circuit + "}");
    }

    private static String id(RealRedis node) {
        return (String) node.command("CLUSTER", "MYID");
    }
}
