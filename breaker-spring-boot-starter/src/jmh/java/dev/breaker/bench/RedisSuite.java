package dev.breaker.bench;

import dev.breaker.bench.RedisPoint.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What sharing costs Redis and the instances, beside the model that says how many commands there are. */
final class RedisSuite implements Suite {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final double MOST_COMMANDS = 5;

    private static final List<RedisPoint> POINTS = List.of(
            RedisPoint.healthy(1_000, 1, 1),
            RedisPoint.healthy(10_000, 1, 1),
            RedisPoint.healthy(100_000, 1, 1),
            RedisPoint.healthy(10_000, 1, 10),
            RedisPoint.healthy(10_000, 1, 100),
            RedisPoint.healthy(1_000, 1, 1_000),
            RedisPoint.healthy(10_000, 1, 1_000),
            RedisPoint.healthy(100_000, 1, 1_000),
            RedisPoint.healthy(10_000, 5, 1),
            RedisPoint.healthy(1_000, 10, 10),
            RedisPoint.healthy(10_000, 10, 10),
            RedisPoint.healthy(100_000, 10, 10),
            new RedisPoint(Behaviour.IDLE, 0, 10, 10),
            new RedisPoint(Behaviour.FEW_FAILURES, 10_000, 10, 10),
            new RedisPoint(Behaviour.HALF_WAY, 10_000, 10, 10),
            new RedisPoint(Behaviour.OPEN, 10_000, 10, 10),
            RedisPoint.healthy(10_000, 20, 1),
            RedisPoint.healthy(10_000, 50, 1),
            RedisPoint.healthy(10_000, 50, 20),
            RedisPoint.healthy(100_000, 50, 40));

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String title() {
        return "What sharing costs";
    }

    @Override
    public JsonNode measure() throws Exception {
        List<RedisCost> costs = new ArrayList<>();
        try (RedisMeter meter = new RedisMeter(WARM_UP, Duration.ofSeconds(Integer.getInteger("bench.seconds", 4)))) {
            for (RedisPoint point : POINTS) {
                costs.add(meter.measure(point));
            }
        }
        return JSON.valueToTree(costs);
    }

    private static List<RedisCost> costs(Run run) {
        return Arrays.asList(JSON.treeToValue(run.rows(), RedisCost[].class));
    }

    @Override
    public List<Budget> budgets(Run run) {
        double most = costs(run).stream()
                .filter(cost -> cost.point().behaviour() == Behaviour.HEALTHY)
                .mapToDouble(RedisCost::perCircuit)
                .max()
                .orElseThrow();
        return List.of(Budget.atMost(
                "Redis commands of a healthy circuit on one instance, at any call rate",
                most,
                MOST_COMMANDS,
                "per second"));
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        page.paragraph(
                "Registries with a real server and connections of their own, all in one JVM, which also makes the"
                        + " calls. A command is what an instance sends, one script and one round trip; `INFO` counts them. A"
                        + " core is that of the machine below, which the server, the instances and the calls share.");
        runs.forEach((java, run) -> new RedisPage(java, costs(run)).write(page));
    }
}
