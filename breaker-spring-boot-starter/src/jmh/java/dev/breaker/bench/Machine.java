package dev.breaker.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where something was measured, as the system tells it.
 *
 * @param cpu model of the processor
 * @param cores how many of them this JVM may use
 * @param memory of the machine, in GiB
 * @param os operating system, its version and architecture
 * @param jvm name, vendor and version
 */
record Machine(String cpu, int cores, long memory, String os, String jvm) {

    static Machine here() throws IOException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                Math.round(system.getTotalMemorySize() / (double) (1L << 30)),
                properties("os.name", "os.version", "os.arch"),
                properties("java.vm.name", "java.vendor", "java.vm.version"));
    }

    private static String properties(String... names) {
        return String.join(" ", Stream.of(names).map(System::getProperty).toList());
    }

    private static String cpuModel() throws IOException {
        Path linux = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(linux)) {
            return "unknown " + System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(linux)) {
            return lines.filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown " + System.getProperty("os.arch"));
        }
    }
}
