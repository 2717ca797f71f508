package dev.breaker;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A partner that a health probe asks, down until told otherwise. */
final class CheckedPartner implements HealthProbe {

    boolean down = true;
    int checks;
    /** What happens while the next check is under way. */
    Runnable during = () -> {};

    private @Nullable AssertionError broken;

    /** Fails a test if an assertion did that was made during a check: there it only fails the check. */
    void assertNothingBroke() {
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public void check() throws Exception {
        checks++;
        boolean answer = down;
        Runnable once = during;
        during = () -> {};
        try {
            once.run();
        } catch (AssertionError fault) {
            broken = fault;
            throw fault;
        }
        if (answer) {
            throw new IOException("still down");
        }
    }
}
