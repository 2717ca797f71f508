package dev.breaker.bench;

import dev.breaker.bench.RedisPoint.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes what sharing costs: measured, and as far as the model reaches. */
final class RedisPage {

    private static final double SHARE = 0.5;
    private static final int LARGE = 1_000;
    private static final CommandModel MODEL = CommandModel.defaults();

    private final int java;
    private final List<RedisCost> costs;
    private final Capacity capacity;

    /**
     * @param java feature version of the JVM
     * @param costs what was measured
     */
    RedisPage(int java, List<RedisCost> costs) {
        this.java = java;
        this.costs = costs;
        this.capacity = new Capacity(busiest(costs).serverMicros() / 1e6, SHARE);
    }

    /* Where the server has much to do a command costs least, and nothing but what it costs. */
    private static RedisCost busiest(List<RedisCost> costs) {
        return costs.stream()
                .filter(cost -> cost.point().behaviour() == Behaviour.HEALTHY && cost.unanswered() == 0)
                .max(Comparator.comparingDouble(RedisCost::commandsPerSecond))
                .orElseThrow();
    }

    void write(Page page) {
        page.heading(3, "Commands, JDK " + java);
        page.table(
                List.of(
                        "calls",
                        "calls/s",
                        "instances",
                        "circuits",
                        "commands/s",
                        "model",
                        "measured / model",
                        "per circuit and instance",
                        "unanswered"),
                costs.stream().map(RedisPage::commands).toList());
        page.chart("redis-jdk" + java, chart());
        page.heading(3, "Time and bytes, JDK " + java);
        page.table(
                List.of(
                        "calls",
                        "calls/s",
                        "instances",
                        "circuits",
                        "server: µs per command",
                        "server: % of a core",
                        "timer thread: % of a core per instance",
                        "driver: % of a core per instance",
                        "bytes to the server",
                        "bytes back",
                        "KiB/s"),
                costs.stream().map(RedisPage::resources).toList());
        model(page);
    }

    private static List<String> commands(RedisCost cost) {
        return line(
                cost.point(),
                cost.commandsPerSecond(),
                cost.point().predicted(MODEL),
                cost.toModel(MODEL),
                cost.perCircuit(),
                cost.unanswered());
    }

    private static List<String> resources(RedisCost cost) {
        return line(
                cost.point(),
                cost.serverMicros(),
                100 * cost.serverCores(),
                100 * cost.timerCores(),
                100 * cost.driverCores(),
                cost.bytesIn(),
                cost.bytesOut(),
                cost.bytesPerSecond() / 1024);
    }

    private static List<String> line(RedisPoint point, double... values) {
        List<String> line = new ArrayList<>(List.of(
                point.behaviour().words(),
                Numbers.text(point.callsPerSecond()),
                Numbers.text(point.instances()),
                Numbers.text(point.breakers())));
        for (double value : values) {
            line.add(Numbers.text(value));
        }
        return line;
    }

    private BarChart chart() {
        return new BarChart(
                "Commands per second of a circuit on one instance",
                "/s",
                List.of("measured", "model"),
                costs.stream()
                        .map(cost -> new BarChart.Group(
                                label(cost.point()),
                                true,
                                List.of(
                                        cost.perCircuit(),
                                        cost.point().predicted(MODEL)
                                                / cost.point().circuits())))
                        .toList());
    }

    private static String label(RedisPoint point) {
        String calls = point.callsPerSecond() == 0 ? "" : ", " + Numbers.text(point.callsPerSecond()) + " calls/s";
        return point.behaviour().words() + calls + ", " + point.instances() + " × " + Numbers.text(point.breakers());
    }

    private void model(Page page) {
        page.heading(3, "Model, JDK " + java);
        page.paragraph(
                ("A circuit with calls sends a command every %s s: the synchronisation interval of 250 ms, up to the"
                                + " next tick of 100 ms. Without calls it is the poll interval of 1 s, and every %s s. In between,"
                                + " calls that arrive at random shorten the pause from the second to the first. Failures are told"
                                + " before the tick: after the interval, and after a tenth of it when the circuit is half-way to"
                                + " opening. Instances and circuits multiply it, and each"
                                + " instance says every 5 s that it is alive. That is the model in full.")
                        .formatted(
                                Numbers.text(1 / MODEL.perCircuit(CommandModel.Traffic.BUSY)),
                                Numbers.text(1 / MODEL.perCircuit(CommandModel.Traffic.NONE))));
        page.paragraph(
                ("A command costs this server %s µs of one core, so half a core does %s commands a second: %s circuits"
                                + " times instances that all have calls all the time, or %s without calls.")
                        .formatted(
                                Numbers.text(capacity.secondsPerCommand() * 1e6),
                                Numbers.text(capacity.commandsPerSecond()),
                                Numbers.text(capacity.circuits(MODEL, CommandModel.Traffic.BUSY)),
                                Numbers.text(capacity.circuits(MODEL, CommandModel.Traffic.NONE))));
        page.paragraph("All circuits with calls all the time, default settings:");
        page.table(
                List.of(
                        "instances",
                        "circuits",
                        "commands/s",
                        "cores of Redis",
                        "masters at half a core",
                        "`breaker.shared.sync-interval` for one Redis"),
                Stream.of(10, 50, 100, 200, LARGE)
                        .flatMap(instances -> Stream.of(10, 100, LARGE).map(circuits -> size(instances, circuits)))
                        .toList());
        page.paragraph(
                "1,000 instances with 1,000 circuits each; `breaker.shared.poll-interval` is at least 1 s and at least"
                        + " the synchronisation interval:");
        page.table(
                List.of(
                        "`breaker.shared.sync-interval`",
                        "commands/s",
                        "masters at half a core",
                        "commands/s, a tenth in use",
                        "masters at half a core"),
                Capacity.INTERVALS.stream().map(this::large).toList());
    }

    private List<String> size(int instances, int circuits) {
        double commands = MODEL.total(instances, circuits, 1);
        Optional<Duration> interval = capacity.syncInterval(instances, circuits);
        return List.of(
                Numbers.text(instances),
                Numbers.text(circuits),
                Numbers.text(commands),
                Numbers.text(commands * capacity.secondsPerCommand()),
                Numbers.text(capacity.masters(commands)),
                interval.map(RedisPage::text).orElse("none: Redis Cluster"));
    }

    private List<String> large(Duration interval) {
        double all = Capacity.model(interval).total(LARGE, LARGE, 1);
        double tenth = Capacity.model(interval).total(LARGE, LARGE, 0.1);
        return List.of(
                text(interval),
                Numbers.text(all),
                Numbers.text(capacity.masters(all)),
                Numbers.text(tenth),
                Numbers.text(capacity.masters(tenth)));
    }

    private static String text(Duration interval) {
        return interval.toMillis() < 1_000 ? interval.toMillis() + " ms" : interval.toSeconds() + " s";
    }
}
