package dev.breaker;

import java.io.IOException;

/** A partner that a health probe asks, down until told otherwise. */
final class CheckedPartner implements HealthProbe {

    boolean down = true;
    int checks;
    /** What happens while the next check is under way. */
    Runnable during = () -> {};

    @Override
    public void check() throws Exception {
        checks++;
        boolean answer = down;
        Runnable once = during;
        during = () -> {};
        once.run();
        if (answer) {
            throw new IOException("still down");
        }
    }
}
