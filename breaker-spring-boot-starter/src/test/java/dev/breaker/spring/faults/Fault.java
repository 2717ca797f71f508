package dev.breaker.spring.faults;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that brings a fault about and checks what is promised for it: a row of RELIABILITY.md. It stands beside {@code @Test} or
 * {@code @ParameterizedTest}; what the test measures on the way it gives to a parameter of the type {@link Observed}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("fault")
@ExtendWith(FaultRows.class)
public @interface Fault {

    /** What fails. */
    Subject of();

    /** What happens to it, in a few words, with a small first letter: {@code killed}. */
    String what();

    /** What the user is promised, as a sentence. */
    String promise();

    /** The parts of the table, in its order. */
    enum Subject {
        REDIS("Redis"),
        INSTANCES("Instances"),
        DATA("Data"),
        LOAD("Load"),
        SHUTDOWN("Shutdown");

        private final String title;

        Subject(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }
}
