package dev.breaker.bench;

import java.util.Arrays;
import java.util.Locale;

/** Numbers for people: as many digits as mean something. */
final class Numbers {

    private Numbers() {}

    /** Thousands with separators, two decimals below ten, one below a hundred. */
    static String text(double value) {
        double size = Math.abs(value);
        if (size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        String text = String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
        return text.replaceFirst("\\.?0+$", "");
    }

    /** The value below which the given share of all lies. */
    static double quantile(double share, double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    static double median(double... values) {
        return quantile(0.5, values);
    }
}
