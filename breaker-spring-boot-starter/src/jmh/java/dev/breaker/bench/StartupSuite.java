package dev.breaker.bench;

import dev.breaker.bench.BarChart.Group;
import dev.breaker.spring.redis.RealRedis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the starter adds to the start of an application. */
final class StartupSuite implements Suite {

    private static final int ROUNDS = 7;
    private static final String WITHOUT = "without the starter";
    private static final String WITH = "with the starter";
    private static final String GUARDED = "with the starter, ten annotated methods";

    /** What an application with Spring MVC, actuator and Redis does not have. */
    private static final Pattern FOREIGN = Pattern.compile(".*(test-classes|/io/github/|/dev/failsafe/|/org/openjdk/"
            + "|spring-cloud|webflux|reactor-netty|prometheus|jedis|/junit/|/mockito/|/assertj/|testcontainers"
            + "|/kotlin|rxjava|awaitility|/aspectj/|aspectj-|-test/|embedded-redis|docker-java).*");

    private static final Pattern STARTER =
            Pattern.compile(".*(/breaker-(core|spring-boot-starter)/target/|/breaker-core-).*");
    private static final String BENCHMARKS = "jmh-classes";

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public String title() {
        return "Start of an application";
    }

    @Override
    public JsonNode measure() throws Exception {
        Map<String, ObjectNode> rows = new LinkedHashMap<>();
        try (RealRedis redis = RealRedis.start()) {
            for (int round = 0; round < ROUNDS; round++) {
                start(rows, WITHOUT, false, false, redis);
                start(rows, WITH, true, false, redis);
                start(rows, GUARDED, true, true, redis);
            }
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        rows.values().forEach(all::add);
        return all;
    }

    private static void start(
            Map<String, ObjectNode> rows, String variant, boolean starter, boolean guarded, RealRedis redis)
            throws Exception {
        List<String> classPath = OwnJvm.ownClassPath().stream()
                .filter(entry -> entry.contains(BENCHMARKS)
                        || (!FOREIGN.matcher(entry).matches()
                                && (starter || !STARTER.matcher(entry).matches())))
                .toList();
        String[] found = OwnJvm.lastLine(
                        OwnJvm.classPath(classPath),
                        StartedApplication.class,
                        String.valueOf(guarded),
                        String.valueOf(redis.port()))
                .split(" ", 2);
        ObjectNode row = rows.computeIfAbsent(
                variant, key -> JsonNodeFactory.instance.objectNode().put("variant", key));
        row.withArray("millis").add(Long.parseLong(found[0]));
        row.withArray("classes").add(Long.parseLong(found[1]));
    }

    @Override
    public List<Budget> budgets(Run run) {
        return List.of();
    }

    @Override
    public void describe(SortedMap<Integer, Run> runs, Page page) {
        page.paragraph("""
                From the start of the JVM until a web application with Redis, actuator and ten beans is ready: median of %d \
                JVMs each, half of the distance between the quartiles behind ±.""".formatted(ROUNDS));
        runs.forEach((java, run) -> {
            List<List<String>> table = new ArrayList<>();
            List<Group> groups = new ArrayList<>();
            double baseMillis = median(run.rows().get(0), "millis");
            double baseClasses = median(run.rows().get(0), "classes");
            for (JsonNode row : run.rows()) {
                double millis = median(row, "millis");
                double classes = median(row, "classes");
                String variant = row.get("variant").asString();
                table.add(List.of(
                        variant,
                        Numbers.text(millis),
                        Numbers.text((Numbers.quantile(0.75, values(row, "millis"))
                                        - Numbers.quantile(0.25, values(row, "millis")))
                                / 2),
                        Numbers.text(millis - baseMillis),
                        Numbers.text(classes),
                        Numbers.text(classes - baseClasses)));
                groups.add(new Group(variant, !variant.equals(WITHOUT), List.of(millis)));
            }
            page.heading(3, "JDK " + java);
            page.table(List.of("application", "ms", "±", "ms more", "classes", "classes more"), table);
            page.chart(
                    "startup-jdk" + java,
                    new BarChart("Time until ready on JDK " + java + ", logarithmic", "ms", List.of("ready"), groups));
        });
    }

    private static double median(JsonNode row, String what) {
        return Numbers.median(values(row, what));
    }

    private static double[] values(JsonNode row, String what) {
        return row.get(what).valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }
}
