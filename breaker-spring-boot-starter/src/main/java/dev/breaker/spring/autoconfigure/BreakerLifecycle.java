package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerRegistry;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * What the registry does when the application starts and ends. The circuits of the properties are created after those of
 * annotations, which may name their templates. The last counts are sent when web servers and consumers have ended, and before
 * Redis connection factories do (phase 0), long before beans are destroyed.
 */
final class BreakerLifecycle implements SmartLifecycle {

    private final BreakerRegistry registry;
    private final Set<String> configured;
    private final ConfigurableApplicationContext context;
    private volatile boolean running;

    BreakerLifecycle(BreakerRegistry registry, Set<String> configured, ConfigurableApplicationContext context) {
        this.registry = registry;
        this.configured = configured;
        this.context = context;
    }

    @Override
    public void start() {
        configured.forEach(registry::breaker);
        running = true;
    }

    /** Does nothing to an application that only pauses: a registry cannot be opened again. */
    @Override
    public void stop() {
        if (context.isClosed()) {
            registry.close();
        }
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 1;
    }
}
