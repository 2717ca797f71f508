package dev.breaker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs JMH in JVMs of their own. */
final class Jmh {

    /** Two of the modules have a configuration of their logs, of which the logging system complains. */
    static final String SILENT = "ch.qos.logback.core.status.NopStatusListener";

    private Jmh() {}

    /** One fork of each benchmark with this many iterations; time per call and bytes per call. */
    static ChainedOptionsBuilder options(int warmups, int measurements, TimeValue iteration) {
        return new OptionsBuilder()
                .forks(1)
                .jvmArgs("-Xms512m", "-Xmx512m", "-Dlogback.statusListenerClass=" + SILENT)
                .warmupIterations(warmups)
                .warmupTime(iteration)
                .measurementIterations(measurements)
                .measurementTime(iteration)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
    }

    /** Rows in JMH's own format, but without the path of the JVM. */
    static ArrayNode run(ChainedOptionsBuilder options) throws IOException, RunnerException {
        Path file = Files.createTempFile("jmh", ".json");
        try {
            new Runner(options.resultFormat(ResultFormatType.JSON)
                            .result(file.toString())
                            .build())
                    .run();
            ArrayNode rows = (ArrayNode) new JsonMapper().readTree(Files.readString(file));
            rows.forEach(row -> ((ObjectNode) row).remove("jvm"));
            return rows;
        } finally {
            Files.delete(file);
        }
    }
}
