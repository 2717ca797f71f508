package dev.breaker.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerSnapshot.Sharing;
import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.autoconfigure.BreakerRedisAutoConfiguration;
import dev.breaker.spring.documentation.Pages.Block;
import dev.breaker.spring.redis.RealRedis;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What the page on Redis tells users to declare does what it says. */
class RedisPageTest {

    private static Block factory(RealRedis target) {
        Block page = Pages.blocks(Pages.ROOT.resolve("docs/redis.md")).stream()
                .filter(block -> block.language().equals("java"))
                .findFirst()
                .orElseThrow();
        String here = page.text()
                .replace("\"redis-for-breakers\", 6379", "\"%s\", %d".formatted(target.host(), target.port()));
        assertThat(here).isNotEqualTo(page.text());
        return new Block(page.page(), page.line(), page.language(), here);
    }

    @Test
    void theFactoryForBreakersLeavesTheApplicationItsOwn(@TempDir Path output) throws Exception {
        try (RealRedis own = RealRedis.start();
                RealRedis breakers = RealRedis.start();
                URLClassLoader classes =
                        new URLClassLoader(new URL[] {output.toUri().toURL()})) {
            assertThat(Snippets.errors(List.of(factory(breakers)), output)).isEmpty();
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            DataRedisAutoConfiguration.class,
                            BreakerAutoConfiguration.class,
                            BreakerRedisAutoConfiguration.class))
                    .withUserConfiguration(classes.loadClass("block0.Block"))
                    .withPropertyValues(
                            "spring.application.name=offers",
                            "spring.data.redis.host=" + own.host(),
                            "spring.data.redis.port=" + own.port())
                    .run(context -> {
                        context.getBean(StringRedisTemplate.class).opsForValue().set("customer", "anna");
                        assertThat(own.command("GET", "customer")).isEqualTo("anna");
                        context.getBean(BreakerRegistry.class)
                                .breaker("partner")
                                .forceOpen("test", "test", null);
                        await().atMost(Duration.ofSeconds(20))
                                .until(
                                        () -> breakers.command("EXISTS", "breaker:offers:{partner}:override"),
                                        Long.valueOf(1)::equals);
                        assertThat(context.getBean(BreakerRegistry.class).sharing())
                                .isEqualTo(Sharing.ACTIVE);
                    });
            assertThat((List<?>) own.command("KEYS", "breaker:*")).isEmpty();
        }
    }
}
