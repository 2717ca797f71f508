package dev.breaker.bench;

import dev.breaker.bench.ReactionCluster.Trip;
import dev.breaker.spring.redis.RealRedis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Trips circuits again and again. */
final class Trips {

    private static final int WARM_UP = 500;
    private static final int LONGEST_PAUSE = 30;
    /* After so long all instances are done, and asking them takes nothing from them, however many share the cores. */
    private static final int SETTLED = 40;
    private static final int TOGETHER = 50;
    private static final String CIRCUIT = "circuit-0";

    private final int times;
    private final SplittableRandom random = new SplittableRandom(1);

    /**
     * @param times how many trips to measure
     */
    Trips(int times) {
        this.times = times;
    }

    /** One trip after the other, at moments that no timer of an instance knows. */
    Reaction announced(RealRedis redis, int instances, RoundTrips roundTrips) throws Exception {
        List<Trip> trips = new ArrayList<>();
        List<Long> messages = new ArrayList<>();
        try (ReactionCluster cluster = new ReactionCluster(redis.port(), instances, 1)) {
            for (int i = 0; i < WARM_UP; i++) {
                trip(cluster);
                message(cluster);
            }
            roundTrips.forget();
            for (int i = 0; i < times; i++) {
                roundTrips.measure();
                TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(LONGEST_PAUSE));
                trips.add(trip(cluster));
                messages.add(message(cluster));
            }
        }
        return reaction(instances, true, trips, Distribution.of(messages), roundTrips);
    }

    private static Trip trip(ReactionCluster cluster) throws Exception {
        String begun = cluster.begin(CIRCUIT);
        TimeUnit.MILLISECONDS.sleep(SETTLED);
        Trip trip = cluster.end(CIRCUIT, begun);
        cluster.reset(CIRCUIT);
        return trip;
    }

    private static long message(ReactionCluster cluster) throws Exception {
        String sent = cluster.send();
        TimeUnit.MILLISECONDS.sleep(SETTLED);
        return cluster.arrived(sent);
    }

    /** Many circuits at a time, as each trip takes about a second, while the server refuses to publish. */
    Reaction polled(RealRedis redis, int instances, RoundTrips roundTrips) throws Exception {
        List<Trip> trips = new ArrayList<>();
        List<String> circuits =
                IntStream.range(0, TOGETHER).mapToObj(i -> "circuit-" + i).toList();
        roundTrips.forget();
        try (ReactionCluster cluster = new ReactionCluster(redis.port(), instances, TOGETHER)) {
            while (trips.size() < times) {
                redis.command("ACL", "SETUSER", "default", "-publish");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
                for (int i = 0; i < TOGETHER; i++) {
                    roundTrips.measure();
                }
                trips.addAll(trip(cluster, circuits));
                redis.command("ACL", "SETUSER", "default", "+publish");
                for (String circuit : circuits) {
                    cluster.reset(circuit);
                }
            }
        }
        return reaction(instances, false, trips, null, roundTrips);
    }

    private static List<Trip> trip(ReactionCluster cluster, List<String> circuits) throws IOException {
        List<String> begun = new ArrayList<>();
        for (String circuit : circuits) {
            begun.add(cluster.begin(circuit));
        }
        List<Trip> ended = new ArrayList<>();
        for (int i = 0; i < circuits.size(); i++) {
            ended.add(cluster.end(circuits.get(i), begun.get(i)));
        }
        return ended;
    }

    private static Reaction reaction(
            int instances,
            boolean announced,
            List<Trip> trips,
            @Nullable Distribution messages,
            RoundTrips roundTrips) {
        return new Reaction(
                instances,
                announced,
                Distribution.of(trips.stream().map(Trip::self).toList()),
                Distribution.of(
                        trips.stream().flatMap(trip -> trip.others().stream()).toList()),
                Distribution.of(trips.stream().map(Trip::all).toList()),
                messages,
                roundTrips.pings(),
                roundTrips.exchanges());
    }
}
