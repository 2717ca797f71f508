package dev.breaker.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a server says of its work so far ({@code INFO}), or between two moments.
 *
 * @param nanos when it was asked, or how long the time between lasted
 * @param bytesIn received
 * @param bytesOut sent
 * @param reply of these, the answer to this question, which is sent after its numbers were read
 * @param cpuSeconds processor time of the whole process
 * @param calls by command, those inside scripts too
 * @param micros spent by command; a script's include those of its commands
 */
record ServerInfo(
        long nanos,
        long bytesIn,
        long bytesOut,
        long reply,
        double cpuSeconds,
        Map<String, Long> calls,
        Map<String, Long> micros) {

    private static final int REQUEST = "*2\r\n$4\r\nINFO\r\n$3\r\nall\r\n".length();

    static ServerInfo parse(String info, long nanos) {
        Map<String, String> fields = info.lines()
                .filter(line -> line.indexOf(':') > 0)
                .map(line -> line.split(":", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1], (first, second) -> second));
        Map<String, Long> calls = new TreeMap<>();
        Map<String, Long> micros = new TreeMap<>();
        fields.forEach((field, value) -> {
            if (field.startsWith("cmdstat_")) {
                calls.put(field.substring(8), Long.valueOf(part(value, "calls")));
                micros.put(field.substring(8), Long.valueOf(part(value, "usec")));
            }
        });
        return new ServerInfo(
                nanos,
                Long.parseLong(field(fields, "total_net_input_bytes")),
                Long.parseLong(field(fields, "total_net_output_bytes")),
                bulk(info),
                Double.parseDouble(field(fields, "used_cpu_user")) + Double.parseDouble(field(fields, "used_cpu_sys")),
                calls,
                micros);
    }

    /* A text as it is on the wire. */
    private static long bulk(String info) {
        return (long) info.length() + String.valueOf(info.length()).length() + "$\r\n\r\n".length();
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The server says nothing of " + name + ".");
        }
        return value;
    }

    private static String part(String value, String name) {
        for (String part : value.split(",", -1)) {
            if (part.startsWith(name + "=")) {
                return part.substring(name.length() + 1);
            }
        }
        throw new IllegalArgumentException("No " + name + " in '" + value + "'.");
    }

    /** What happened since, without the question itself. */
    ServerInfo since(ServerInfo before) {
        return new ServerInfo(
                nanos - before.nanos,
                bytesIn - before.bytesIn - REQUEST,
                bytesOut - before.bytesOut - before.reply,
                0,
                cpuSeconds - before.cpuSeconds,
                minus(calls, before.calls),
                minus(micros, before.micros));
    }

    private static Map<String, Long> minus(Map<String, Long> now, Map<String, Long> before) {
        Map<String, Long> difference = new TreeMap<>();
        now.forEach((command, value) -> {
            long more = value - before.getOrDefault(command, 0L);
            if (more != 0 && !command.equals("info")) {
                difference.put(command, more);
            }
        });
        return difference;
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** Commands that clients sent, each a round trip; those inside scripts are not among them. */
    long commands() {
        return calls("evalsha") + calls("eval");
    }

    /** Commands executed inside of scripts. */
    long insideScripts() {
        return calls.values().stream().mapToLong(Long::longValue).sum() - commands();
    }

    double microsPerCommand() {
        return commands() == 0 ? 0 : (double) (micros("evalsha") + micros("eval")) / commands();
    }

    private long calls(String command) {
        return calls.getOrDefault(command, 0L);
    }

    private long micros(String command) {
        return micros.getOrDefault(command, 0L);
    }
}
