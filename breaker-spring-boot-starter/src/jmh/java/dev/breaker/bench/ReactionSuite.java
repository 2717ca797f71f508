package dev.breaker.bench;

import dev.breaker.spring.redis.RealRedis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How long it takes from a failure until every instance rejects. */
final class ReactionSuite implements Suite {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int[] INSTANCES = {2, 5, 20};
    private static final int POLLING_INSTANCES = 5;

    @Override
    public String name() {
        return "reaction";
    }

    @Override
    public String title() {
        return "From a failure until every instance rejects";
    }

    @Override
    public JsonNode measure() throws Exception {
        Trips trips = new Trips(Integer.getInteger("bench.trips", 1_000));
        List<Reaction> reactions = new ArrayList<>();
        try (RealRedis redis = RealRedis.start();
                RoundTrips roundTrips = new RoundTrips(redis.port())) {
            for (int instances : INSTANCES) {
                reactions.add(trips.announced(redis, instances, roundTrips));
            }
            reactions.add(trips.polled(redis, POLLING_INSTANCES, roundTrips));
        }
        return JSON.valueToTree(reactions);
    }

    private static List<Reaction> reactions(Run run) {
        return Arrays.asList(JSON.treeToValue(run.rows(), Reaction[].class));
    }

    @Override
    public List<Budget> budgets(Run run) {
        return reactions(run).stream()
                .filter(Reaction::announced)
                .map(Reaction::budget)
                .toList();
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        page.paragraph(
                "Each instance is a JVM of its own, all on the machine of the Redis server, which is fewer cores than they"
                        + " have in a data centre. One instance fails until its circuit opens; the clock starts before the"
                        + " failure that crosses the threshold is reported, and stops at each instance when a call was"
                        + " rejected there. Between the trips, a message over bare connections of the same JVMs, which does"
                        + " no more than note the time, shows what of it is the machine's; a round trip is measured over a"
                        + " connection that is warm. Milliseconds.");
        runs.forEach((java, run) -> describe(java, reactions(run), page));
        page.paragraph(
                "Without announcements, as for a Redis user who may not publish, an instance that has nothing to tell"
                        + " learns of it with its next poll, once a second. The failing instance never waits for anybody.");
    }

    private static void describe(int java, List<Reaction> reactions, Page page) {
        List<List<String>> rows = new ArrayList<>();
        for (Reaction reaction : reactions) {
            String how = reaction.instances() + " instances" + (reaction.announced() ? "" : ", polling only");
            rows.add(row(how + ": all reject", reaction.all()));
            rows.add(row(how + ": one of the others", reaction.each()));
            rows.add(row(how + ": the failing one", reaction.self()));
            if (reaction.message() != null) {
                rows.add(row("a bare message meanwhile: all have it", reaction.message()));
            }
            rows.add(row("`PING` meanwhile", reaction.ping()));
            rows.add(row("an exchange meanwhile", reaction.exchange()));
        }
        page.heading(3, "JDK " + java);
        page.table(List.of("what", "times", "least", "50 %", "90 %", "99 %", "99.9 %", "most"), rows);
        page.chart("reaction-jdk" + java, chart(reactions));
    }

    private static List<String> row(String what, Distribution times) {
        return Stream.concat(
                        Stream.of(what, Numbers.text(times.count())),
                        Stream.of(times.min(), times.p50(), times.p90(), times.p99(), times.p999(), times.max())
                                .map(Numbers::text))
                .toList();
    }

    private static BarChart chart(List<Reaction> reactions) {
        List<BarChart.Group> groups = new ArrayList<>();
        for (Reaction reaction : reactions) {
            String how = reaction.announced() ? "" : ", polling only";
            groups.add(group(reaction.instances() + " instances" + how, true, reaction.all()));
            groups.add(group("PING", false, reaction.ping()));
        }
        return new BarChart(
                "Failure until all instances reject, beside a round trip (ms)",
                "ms",
                List.of("median", "99 %"),
                groups);
    }

    private static BarChart.Group group(String label, boolean ours, Distribution times) {
        return new BarChart.Group(label, ours, List.of(times.p50(), times.p99()));
    }
}
