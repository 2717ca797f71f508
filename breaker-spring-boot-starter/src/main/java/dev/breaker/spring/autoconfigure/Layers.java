package dev.breaker.spring.autoconfigure;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is written about one circuit, from the most general layer to the most specific one.
 *
 * @param places the layers by the property they are written under, in that order
 */
record Layers(Map<String, CircuitProperties> places) {

    /**
     * A setting and where it is written.
     *
     * @param property its full name
     * @param depth number of the layer, the larger the more specific
     */
    record Setting<T>(String property, T value, int depth) {}

    /** The most specific value of a setting, null if no layer has one. */
    <T> @Nullable Setting<T> setting(String name, Function<CircuitProperties, @Nullable T> accessor) {
        Setting<T> last = null;
        int depth = 0;
        for (Map.Entry<String, CircuitProperties> place : places.entrySet()) {
            T value = accessor.apply(place.getValue());
            if (value != null) {
                last = new Setting<>(place.getKey() + "." + name, value, depth);
            }
            depth++;
        }
        return last;
    }

    /** The most specific value of a setting, or another one if no layer has any. */
    <T> T value(Function<CircuitProperties, @Nullable T> accessor, T otherwise) {
        Setting<T> last = setting("", accessor);
        return last == null ? otherwise : last.value();
    }
}
