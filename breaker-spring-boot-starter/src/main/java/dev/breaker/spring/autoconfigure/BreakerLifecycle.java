package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import java.util.Set;
import org.springframework.context.SmartLifecycle;

/** Creates the circuits of the properties after those of annotations, which may name their templates. */
final class BreakerLifecycle implements SmartLifecycle {

    private final BreakerRegistry registry;
    private final Set<String> configured;
    private volatile boolean running;

    BreakerLifecycle(BreakerRegistry registry, Set<String> configured) {
        this.registry = registry;
        this.configured = configured;
    }

    @Override
    public void start() {
        configured.forEach(registry::breaker);
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
