package dev.breaker.spring.autoconfigure;

import dev.breaker.OutcomeClassifier;
import dev.breaker.OutcomeRules;
import dev.breaker.spring.autoconfigure.Layers.Setting;
import dev.breaker.spring.http.HttpAnswers;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the classifier of a circuit: the rules of its properties, and below them the application's own classifier or, without
 * one, what HTTP answers mean and the standard rules. Safe for use by many threads.
 */
final class Classification {

    private static final Predicate<Throwable> CLIENT_ERROR = HttpAnswers::isClientError;
    private static final Function<Throwable, @Nullable Duration> RETRY_AFTER = HttpAnswers::retryAfter;

    private final ConfiguredClasses classes;
    private final @Nullable OutcomeClassifier own;

    /**
     * @param own the application's classifier, if there is one
     */
    Classification(ConfiguredClasses classes, @Nullable OutcomeClassifier own) {
        this.classes = classes;
        this.own = own;
    }

    OutcomeClassifier of(Layers layers) {
        OutcomeRules.Builder rules = OutcomeRules.builder();
        record(layers, rules);
        ignore(layers, rules);
        rules.recordResult(predicate(
                layers.setting("record-result-predicate", CircuitProperties::recordResultPredicate), Object.class));
        if (layers.value(CircuitProperties::ignoreHttpClientErrors, own == null)) {
            rules.ignoreUnlessRecorded(CLIENT_ERROR);
        }
        if (layers.value(CircuitProperties::retryAfterEnabled, true)) {
            rules.retryAfter(RETRY_AFTER);
        }
        return rules.otherwise(own == null ? OutcomeClassifier.standard() : own).build();
    }

    private void record(Layers layers, OutcomeRules.Builder rules) {
        Setting<List<String>> types = layers.setting("record-exceptions", CircuitProperties::recordExceptions);
        Setting<String> predicate =
                layers.setting("record-failure-predicate", CircuitProperties::recordFailurePredicate);
        rules.recordExceptions(exceptions(layers, types));
        rules.recordException(isReplaced(predicate, types) ? null : predicate(predicate, Throwable.class));
    }

    private void ignore(Layers layers, OutcomeRules.Builder rules) {
        Setting<List<String>> types = layers.setting("ignore-exceptions", CircuitProperties::ignoreExceptions);
        Setting<String> predicate =
                layers.setting("ignore-exception-predicate", CircuitProperties::ignoreExceptionPredicate);
        rules.ignoreExceptions(exceptions(layers, types));
        rules.ignoreException(isReplaced(predicate, types) ? null : predicate(predicate, Throwable.class));
    }

    /* As in Resilience4j, a list also takes the place of an inherited predicate. */
    private static boolean isReplaced(@Nullable Setting<String> predicate, @Nullable Setting<List<String>> types) {
        return predicate != null && types != null && types.depth() > predicate.depth();
    }

    private List<Class<? extends Throwable>> exceptions(Layers layers, @Nullable Setting<List<String>> types) {
        return types == null
                ? List.of()
                : classes.exceptions(
                        types.property(),
                        types.value(),
                        layers.value(CircuitProperties::ignoreClassBindingExceptions, false));
    }

    private <T> @Nullable Predicate<T> predicate(@Nullable Setting<String> type, Class<T> argument) {
        return type == null ? null : classes.predicate(type.property(), type.value(), argument);
    }
}
