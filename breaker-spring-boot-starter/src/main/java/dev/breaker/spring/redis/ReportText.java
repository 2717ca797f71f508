package dev.breaker.spring.redis;

import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.InstanceReport.Line;
import dev.breaker.shared.SharedState.Kind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the circuits of an instance as lines of words, and reads them; {@code report.lua} documents them. What makes no sense
 * is left out, but for a line in the debug log: the instance that wrote it, or another version of it, will write again.
 */
final class ReportText {

    private static final Logger log = LoggerFactory.getLogger(ReportText.class);

    private ReportText() {}

    static String lines(InstanceReport report) {
        return report.lines().stream().map(ReportText::line).collect(Collectors.joining("\n"));
    }

    private static String line(Line line) {
        return encoded(line.breaker()) + " " + line.state() + " " + (line.isolated() ? 1 : 0) + " " + line.calls() + " "
                + line.rejected() + " " + line.fallbacks();
    }

    /** The reports among the elements of a reply, three for each instance. */
    static List<InstanceReport> reports(List<?> elements) {
        List<InstanceReport> reports = new ArrayList<>();
        for (int i = 0; i + 2 < elements.size(); i += 3) {
            String instance = Replies.text(elements.get(i));
            try {
                reports.add(report(instance, Replies.micros(elements.get(i + 1)), Replies.text(elements.get(i + 2))));
            } catch (IllegalArgumentException unreadable) {
                log.debug("Ignored what instance '{}' told: {}", instance, unreadable.toString());
            }
        }
        return reports;
    }

    private static InstanceReport report(String instance, Duration age, String text) {
        String[] rows = text.split("\n", -1);
        int omitted = Integer.parseInt(rows[0].split(" ", 2)[0]);
        List<Line> lines = new ArrayList<>();
        for (int i = 1; i < rows.length; i++) {
            try {
                lines.add(read(rows[i].split(" ", -1)));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
                log.debug("Ignored a line that instance '{}' told: {}", instance, unreadable.toString());
            }
        }
        return new InstanceReport(instance, age, lines, omitted).bounded();
    }

    private static Line read(String[] words) {
        return new Line(
                URLDecoder.decode(words[0].replace("+", "%2B"), StandardCharsets.UTF_8),
                Kind.valueOf(words[1]),
                words[2].equals("1"),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
    }

    private static String encoded(String name) {
        StringBuilder encoded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == '%' || c == 0x7f) {
                encoded.append(String.format("%%%02X", (int) c));
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }
}
