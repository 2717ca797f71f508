package dev.breaker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page of Markdown that is being written, with its charts as files. */
final class Page {

    private final StringBuilder text = new StringBuilder();
    private final Path file;
    private final Path charts;

    /**
     * @param file the page itself
     * @param charts directory of its charts, below that of the page
     */
    Page(Path file, Path charts) {
        this.file = file;
        this.charts = charts;
    }

    void heading(int level, String heading) {
        paragraph("#".repeat(level) + " " + heading);
    }

    void paragraph(String paragraph) {
        text.append(text.isEmpty() ? "" : "\n").append(paragraph).append('\n');
    }

    /** The first column is text, the others are numbers. */
    void table(List<String> header, List<List<String>> rows) {
        StringBuilder table = new StringBuilder(row(header));
        table.append("\n|---").append("|--:".repeat(header.size() - 1)).append('|');
        rows.forEach(row -> table.append('\n').append(row(row)));
        paragraph(table.toString());
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    /**
     * @param name of the file, without its ending
     */
    void chart(String name, BarChart chart) {
        Path svg = charts.resolve(name + ".svg");
        try {
            Files.createDirectories(charts);
            Files.writeString(svg, chart.svg());
        } catch (IOException e) {
            throw new UncheckedIOException("Chart " + name + " cannot be written", e);
        }
        Path link = file.toAbsolutePath().getParent().relativize(svg.toAbsolutePath());
        paragraph("![" + chart.title() + "](" + link.toString().replace('\\', '/') + ")");
    }

    void write() throws IOException {
        Files.writeString(file, text);
    }
}
