package dev.breaker.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.WindowSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedisKeysTest {

    private final RedisKeys keys = new RedisKeys("breaker", "offers", 0);

    @Test
    void namesTheKeysOfABreaker() {
        assertThat(keys.state("partner.a_b-C")).isEqualTo("breaker:offers:{partner.a_b-C}:state");
        assertThat(keys.permits("partner")).isEqualTo("breaker:offers:{partner}:permits");
        assertThat(keys.override("partner")).isEqualTo("breaker:offers:{partner}:override");
        assertThat(keys.window("partner", new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(1))))
                .isEqualTo("breaker:offers:{partner}:window:10x1000ms");
        assertThat(keys.window("partner", new WindowSpec(WindowSpec.Kind.TIME, 3, Duration.ofNanos(33_333_333))))
                .isEqualTo("breaker:offers:{partner}:window:3x33333us");
        assertThat(keys.window("partner", new WindowSpec(WindowSpec.Kind.COUNT, 100, Duration.ZERO)))
                .isEqualTo("breaker:offers:{partner}:window:last100");
    }

    @Test
    void encodesWhatHasAMeaningInKeysAndPatterns() {
        assertThat(keys.state("a:{b}*%\u00e4 ")).isEqualTo("breaker:offers:{a%3A%7Bb%7D%2A%25%C3%A4%20}:state");
        assertThat(new RedisKeys("team:breaker", "a:b", 0).state("c")).isEqualTo("team:breaker:a%3Ab:{c}:state");
    }

    @Test
    void keepsTheHashTagOfANamelessBreaker() {
        assertThat(keys.state("")).isEqualTo("breaker:offers:{%}:state");
    }

    @Test
    void neverMeetInOneKey() {
        Set<String> seen = new HashSet<>();
        for (String part : List.of("", "%", "%25", "a", "A", "a:", ":a", "a:state", "{a}", "\u00e4", "%C3%A4")) {
            assertThat(seen.add(keys.state(part))).as(part).isTrue();
            assertThat(seen.add(new RedisKeys("breaker", part + "x", 0).state("a")))
                    .as(part)
                    .isTrue();
        }
    }

    @Test
    void haveOneForAllInstancesThatIsNoBreakers() {
        assertThat(keys.instances()).isEqualTo("breaker:offers:instances").doesNotContain("{");
    }

    @Test
    void haveAChannelForEachDatabase() {
        assertThat(keys.channel()).isEqualTo("breaker:offers:changes:0");
        assertThat(new RedisKeys("breaker", "offers", 3).channel()).isEqualTo("breaker:offers:changes:3");
    }
}
