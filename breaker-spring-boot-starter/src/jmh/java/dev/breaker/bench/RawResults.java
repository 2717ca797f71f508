package dev.breaker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Files of what was measured: one for each suite and Java version, of which the last run counts. */
record RawResults(Path directory) {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    void write(String suite, Run run) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(suite + "-jdk" + run.java() + ".json");
        Files.writeString(file, JSON.writeValueAsString(run) + "\n");
    }

    /** Runs by Java version, lowest first; empty if the suite has never been run. */
    SortedMap<Integer, Run> read(String suite) throws IOException {
        SortedMap<Integer, Run> runs = new TreeMap<>();
        for (Path file : files(suite)) {
            Run run = JSON.readValue(Files.readString(file), Run.class);
            runs.put(run.java(), run);
        }
        return runs;
    }

    private List<Path> files(String suite) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(suite + "-jdk\\d+\\.json"))
                    .toList();
        }
    }
}
