package dev.breaker.spring.cloud;

import dev.breaker.BreakerConfig;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.cloud.client.circuitbreaker.ConfigBuilder;

/** The settings of a circuit, as Spring Cloud wants to build them. Not safe for use by many threads. */
public final class BreakerConfigBuilder implements ConfigBuilder<BreakerConfig> {

    private final BreakerConfig.Builder settings;

    BreakerConfigBuilder(BreakerConfig start) {
        settings = start.toBuilder();
    }

    static UnaryOperator<BreakerConfig> change(Consumer<BreakerConfigBuilder> consumer) {
        return start -> {
            BreakerConfigBuilder builder = new BreakerConfigBuilder(start);
            consumer.accept(builder);
            return builder.build();
        };
    }

    /** The settings so far, to be changed. */
    public BreakerConfig.Builder settings() {
        return settings;
    }

    /**
     * Builds the configuration.
     *
     * @throws dev.breaker.InvalidConfigException if a setting breaks its rule
     */
    @Override
    public BreakerConfig build() {
        return settings.build();
    }
}
