package dev.breaker.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.support.SpringFactoriesLoader;

class ScriptTest {

    @ParameterizedTest
    @EnumSource
    void isPartOfANativeImage(Script script) {
        RuntimeHints hints = new RuntimeHints();
        SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class)
                .stream()
                .filter(registrar -> registrar.getClass().getName().startsWith("dev.breaker"))
                .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));

        String path = "META-INF/breaker/" + script.name().toLowerCase(Locale.ROOT) + ".lua";
        assertThat(RuntimeHintsPredicates.resource().forResource(path)).accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/breaker/common.lua"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/breaker/writing.lua"))
                .accepts(hints);
    }
}
