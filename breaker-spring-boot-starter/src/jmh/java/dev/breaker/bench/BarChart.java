package dev.breaker.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars on a logarithmic axis, readable on light and dark ground.
 *
 * @param title what the bars show, with the unit
 * @param unit short, behind each value
 * @param series what the bars of a group stand for; one colour each
 * @param groups from top to bottom
 */
record BarChart(String title, String unit, List<String> series, List<Group> groups) {

    private static final int WIDTH = 820;
    private static final int LABELS = 300;
    private static final int VALUES = 100;
    private static final int BAR = 14;
    private static final int GAP = 12;
    private static final int HEAD = 64;

    /**
     * Bars that belong together.
     *
     * @param label what was measured
     * @param ours whether it is this library's; others' bars are grey
     * @param values positive, one of each series
     */
    record Group(String label, boolean ours, List<Double> values) {}

    String svg() {
        List<String> parts = new ArrayList<>();
        int height = HEAD + groups.size() * groupHeight() + GAP;
        parts.add("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
                <title>%s</title>
                <style>
                text { font: 12px system-ui, sans-serif; fill: #24292f }
                .title { font-weight: 600; font-size: 14px }
                .axis { stroke: #8c959f; stroke-opacity: .35 }
                .tick { fill: #6e7781 }
                .ours0 { fill: #0969da } .ours1 { fill: #54aeff }
                .other0 { fill: #6e7781 } .other1 { fill: #afb8c1 }
                @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 } .tick { fill: #8b949e }
                .ours0 { fill: #388bfd } .ours1 { fill: #a5d6ff }
                .other0 { fill: #6e7681 } .other1 { fill: #b1bac4 }
                }
                </style>""".formatted(WIDTH, height, WIDTH, height, escaped(title)));
        parts.add(text(0, 16, "title", "start", title));
        legend(parts);
        axis(parts, height);
        for (int i = 0; i < groups.size(); i++) {
            bars(parts, groups.get(i), HEAD + i * groupHeight());
        }
        return String.join("\n", parts) + "\n</svg>\n";
    }

    private int groupHeight() {
        return series.size() * BAR + GAP;
    }

    private void legend(List<String> parts) {
        for (int i = 0; series.size() > 1 && i < series.size(); i++) {
            int left = LABELS + i * 130;
            parts.add(rect(left, 26, 12, 12, "ours" + i));
            parts.add(rect(left + 13, 26, 12, 12, "other" + i));
            parts.add(text(left + 30, 36, "", "start", series.get(i)));
        }
    }

    private void axis(List<String> parts, int height) {
        for (double tick = smallest(); tick <= largest(); tick *= 10) {
            int left = place(tick);
            parts.add("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
                    .formatted(left, left, HEAD - 6, height - GAP));
            parts.add(text(left, HEAD - 10, "tick", "middle", Numbers.text(tick) + " " + unit));
        }
    }

    private void bars(List<String> parts, Group group, int top) {
        int middle = top + series.size() * BAR / 2 + 4;
        parts.add(text(LABELS - 10, middle, "", "end", group.label()));
        for (int i = 0; i < group.values().size(); i++) {
            double value = group.values().get(i);
            int y = top + i * BAR;
            String colour = (group.ours() ? "ours" : "other") + i;
            parts.add(rect(LABELS, y, Math.max(2, place(value) - LABELS), BAR - 2, colour));
            parts.add(text(place(value) + 6, y + BAR - 4, "", "start", Numbers.text(value)));
        }
    }

    private int place(double value) {
        double share = Math.log(Math.max(value, smallest()) / smallest()) / Math.log(largest() / smallest());
        return (int) (LABELS + share * (WIDTH - LABELS - VALUES));
    }

    private double smallest() {
        return Math.pow(10, Math.floor(Math.log10(values().min().orElse(1))));
    }

    private double largest() {
        return Math.pow(10, Math.ceil(Math.log10(values().max().orElse(10) * 1.0001)));
    }

    private DoubleStream values() {
        return groups.stream().flatMap(group -> group.values().stream()).mapToDouble(value -> value);
    }

    private static String rect(int x, int y, int width, int height, String colour) {
        return "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>"
                .formatted(colour, x, y, width, height);
    }

    private static String text(int x, int y, String kind, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                kind,
                x,
                y,
                anchor,
                escaped(text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
