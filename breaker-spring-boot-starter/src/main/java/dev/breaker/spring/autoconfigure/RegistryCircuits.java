package dev.breaker.spring.autoconfigure;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.InvalidConfigException;
import dev.breaker.spring.cloud.FactoryCircuits;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/** The registry's circuits, with settings from properties and code. */
final class RegistryCircuits implements FactoryCircuits {

    private final BreakerRegistry registry;
    private final BreakerConfigs configs;

    RegistryCircuits(BreakerRegistry registry, BreakerConfigs configs) {
        this.registry = registry;
        this.configs = configs;
    }

    @Override
    public Breaker circuit(String id, @Nullable String group, @Nullable Function<String, BreakerConfig> defaults) {
        Assert.hasText(id, "A circuit breaker must have an id");
        Optional<Breaker> known = registry.find(id);
        return known.isPresent() ? known.get() : create(id, group, defaults);
    }

    private Breaker create(String id, @Nullable String group, @Nullable Function<String, BreakerConfig> defaults) {
        boolean settled = configs.isWritten(id) || (group != null && configs.offerTemplate(id, group));
        if (!settled && defaults != null) {
            configs.inCode().start(id, defaults.apply(id));
        }
        try {
            return registry.breaker(id);
        } catch (IllegalArgumentException | IllegalStateException refused) {
            configs.forget(id);
            throw refused;
        }
    }

    @Override
    public BreakerConfig settings(String id) {
        return registry.find(id).map(Breaker::config).orElseGet(() -> configs.of(id));
    }

    @Override
    public void configure(String id, UnaryOperator<BreakerConfig> change) {
        BreakerConfig present = settings(id);
        BreakerConfig changed = changed(id, present, change);
        if (registry.find(id).isPresent() && !changed.equals(present)) {
            throw new IllegalStateException("The settings of '" + id
                    + "' cannot be changed by a factory, because the circuit exists already: write them under "
                    + BreakerConfigs.property("breaker.instances", id) + ".");
        }
        configs.inCode().change(id, change);
    }

    private static BreakerConfig changed(String id, BreakerConfig present, UnaryOperator<BreakerConfig> change) {
        try {
            return change.apply(present);
        } catch (InvalidConfigException nameless) {
            throw nameless.of(id);
        }
    }
}
