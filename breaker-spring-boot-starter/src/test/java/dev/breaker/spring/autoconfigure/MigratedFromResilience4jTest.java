package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.example.offers.Partner;
import com.example.offers.PartnerOffers;
import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerConfig.SlidingWindowType;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.ManualTicker;
import dev.breaker.OutcomeRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

/** What the page on migrating shows is what runs here. */
class MigratedFromResilience4jTest {

    private static final Path PAGE = Path.of("../docs/migrating-from-resilience4j.md");
    private static final Path CLASS = Path.of("src/test/java/com/example/offers/PartnerOffers.java");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?:diff|yaml)\n(.*?)^```$");

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class));

    /** The one block of code with this line. */
    private static String block(String line) throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .filter(code -> code.lines().anyMatch(line::equals))
                .reduce((one, another) -> {
                    throw new IllegalStateException("Two blocks with " + line);
                })
                .orElseThrow();
    }

    /** A block without the lines that begin so, and without the marks of the others. */
    private static String without(char mark, String block) {
        return block.lines()
                .filter(line -> line.isEmpty() || line.charAt(0) != mark)
                .map(line -> line.isEmpty() ? line : line.substring(1))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String[] properties(Resource yaml) {
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(yaml);
        return reader.getObject().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new);
    }

    private static String[] properties(String yaml) {
        return properties(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
    }

    @Nested
    class OnlyThePrefix {

        @Test
        void changesInTheSettings() throws IOException {
            String settings = block("+breaker:");
            assertThat(without('+', settings).replace("resilience4j.circuitbreaker:", "breaker:"))
                    .contains("partner-offers:")
                    .isEqualTo(without('-', settings));
        }

        @Test
        void changesInTheImportsOfTheClass() throws IOException {
            String code = block("+import dev.breaker.CallNotPermittedException;");
            assertThat(without('+', code)
                            .replace(
                                    "io.github.resilience4j.circuitbreaker.annotation.",
                                    "dev.breaker.spring.annotation.")
                            .replace("io.github.resilience4j.circuitbreaker.", "dev.breaker."))
                    .isEqualTo(without('-', code));
        }
    }

    @Nested
    class TheClassOfThePage {

        private final ManualTicker ticker = new ManualTicker();
        private Exception trouble;
        private int asked;

        private String offerFor(String customer) throws IOException {
            asked++;
            if (trouble instanceof IOException outage) {
                throw outage;
            }
            if (trouble instanceof RuntimeException other) {
                throw other;
            }
            return "hot for " + customer;
        }

        @Test
        void hasTheConfigurationThatItNames() throws IOException {
            migrated((offers, breaker, breakers) -> {
                BreakerConfig config =
                        breakers.find("partner-samples").orElseThrow().config();
                assertThat(config.waitDurationInOpenState()).isEqualTo(Duration.ofMinutes(2));
                assertThat(config.minimumNumberOfCalls()).isEqualTo(4);
                assertThat(offers.sample()).isEqualTo("hot for nobody in particular");
            });
        }

        private void migrated(Trial test) throws IOException {
            migrated((offers, breaker, breakers) -> test.accept(offers, breaker));
        }

        private void migrated(TrialOfAll test) throws IOException {
            runner.withPropertyValues(properties(without('-', block("+breaker:"))))
                    .withBean(ManualTicker.class, () -> ticker)
                    .withBean(Partner.class, () -> this::offerFor)
                    .withBean(PartnerOffers.class)
                    .run(context -> test.accept(
                            context.getBean(PartnerOffers.class),
                            context.getBean(BreakerRegistry.class).breaker("partner-offers"),
                            context.getBean(BreakerRegistry.class)));
        }

        @Test
        void isTheOneThatRunsHere() throws IOException {
            assertThat(without('-', block("+import dev.breaker.CallNotPermittedException;")))
                    .isEqualTo(Files.readString(CLASS));
        }

        @Test
        void answersARecordedFailureWithItsFallback() throws IOException {
            migrated((offers, breaker) -> {
                trouble = new IOException("refused");
                assertThat(offers.bestOffer("anna")).isEqualTo("cold, after refused");
                assertThat(breaker.snapshot().counts().failures()).isEqualTo(1);
            });
        }

        @Test
        void letsAnIgnoredExceptionOutAndDoesNotCountIt() throws IOException {
            migrated((offers, breaker) -> {
                trouble = new IllegalArgumentException("no such customer");
                assertThatIllegalArgumentException().isThrownBy(() -> offers.bestOffer("anna"));
                assertThat(breaker.snapshot().counts().calls()).isZero();
            });
        }

        @Test
        void letsAnExceptionThatIsNotRecordedOutAndCountsASuccess() throws IOException {
            migrated((offers, breaker) -> {
                trouble = new IllegalStateException("bug");
                assertThatIllegalStateException().isThrownBy(() -> offers.bestOffer("anna"));
                assertThat(breaker.snapshot().counts().calls()).isEqualTo(1);
                assertThat(breaker.snapshot().counts().failures()).isZero();
            });
        }

        @Test
        void opensAtHalfOfFourCallsAndDoesNotAskThePartnerAnyMore() throws IOException {
            migrated((offers, breaker) -> {
                open(offers);
                assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
                assertThat(offers.bestOffer("anna")).isEqualTo("cold, the partner was not asked");
                assertThat(asked).isEqualTo(4);
            });
        }

        @Test
        void becomesHalfOpenByItselfAndClosesAfterTwoProbes() throws IOException {
            migrated((offers, breaker) -> {
                open(offers);
                trouble = null;
                ticker.advance(Duration.ofSeconds(20).minusNanos(1));
                assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
                ticker.advance(Duration.ofNanos(1));
                assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
                assertThat(offers.bestOffer("anna")).isEqualTo("hot for anna");
                assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
                assertThat(offers.bestOffer("anna")).isEqualTo("hot for anna");
                assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
            });
        }

        private void open(PartnerOffers offers) throws IOException {
            offers.bestOffer("anna");
            offers.bestOffer("anna");
            trouble = new IOException("refused");
            offers.bestOffer("anna");
            offers.bestOffer("anna");
        }
    }

    @FunctionalInterface
    private interface Trial {
        void accept(PartnerOffers offers, Breaker breaker) throws Exception;
    }

    @FunctionalInterface
    private interface TrialOfAll {
        void accept(PartnerOffers offers, Breaker breaker, BreakerRegistry breakers) throws Exception;
    }

    @Nested
    class TheDefaultsOfThePage {

        private void resilience4j(ThrowingConsumer<BreakerRegistry> test, String... further) throws IOException {
            runner.withPropertyValues(properties(block("  defaults:")))
                    .withPropertyValues(further)
                    .run(context -> test.accept(context.getBean(BreakerRegistry.class)));
        }

        @Test
        void areThoseOfResilience4j() throws IOException {
            resilience4j(breakers -> {
                BreakerConfig config = breakers.breaker("any").config();
                assertThat(config)
                        .isEqualTo(BreakerConfig.builder()
                                .failureRateThreshold(50)
                                .slowCallRateThreshold(100)
                                .slowCallDurationThreshold(Duration.ofSeconds(60))
                                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                                .slidingWindowSize(100)
                                .minimumNumberOfCalls(100)
                                .permittedNumberOfCallsInHalfOpenState(10)
                                .waitDurationInOpenState(Duration.ofSeconds(60))
                                .exponentialMaxWaitDurationInOpenState(Duration.ofDays(365))
                                .maxWaitDurationInHalfOpenState(Duration.ZERO)
                                .automaticTransition(false)
                                .writableStackTrace(true)
                                .classifier(config.classifier())
                                .build());
                OutcomeRules rules = (OutcomeRules) config.classifier();
                assertThat(rules.ignoreUnlessRecorded()).isNull();
                assertThat(rules.retryAfter()).isNull();
            });
        }

        @Test
        void lieBeneathTheDefaultTemplate() throws IOException {
            resilience4j(
                    breakers -> {
                        BreakerConfig config = breakers.breaker("any").config();
                        assertThat(config.minimumNumberOfCalls()).isEqualTo(20);
                        assertThat(config.slidingWindowSize()).isEqualTo(100);
                    },
                    "breaker.configs.default.minimum-number-of-calls=20");
        }

        @Test
        void leaveASmallerWindowItsOwnSizeAsMinimum() throws IOException {
            resilience4j(
                    breakers -> assertThat(breakers.breaker("partner").config().minimumNumberOfCalls())
                            .isEqualTo(5),
                    "breaker.instances.partner.sliding-window-size=5");
        }
    }

    @Nested
    class TheTableOfProperties {

        private void stops(String property, String row) throws IOException {
            assertThat(Files.readString(PAGE)).contains("\n| `" + row);
            runner.withPropertyValues(property)
                    .run(context -> assertThat(context).hasFailed());
        }

        @Test
        void hasEveryNameOfResilience4j() throws IOException {
            String page = Files.readString(PAGE);
            assertThat(properties(new ClassPathResource("resilience4j-with-another-prefix.yml")))
                    .hasSizeGreaterThan(30)
                    .extracting(pair -> pair.substring(0, pair.indexOf('='))
                            .replaceFirst("\\[\\d+]$", "")
                            .replaceFirst("^breaker\\.(tags)\\..*", "$1.*")
                            .replaceFirst("^.*\\.(?!\\*)", ""))
                    .allSatisfy(
                            name -> assertThat(page).containsPattern("(?m)^\\| .*`" + Pattern.quote(name) + "`.* \\|"));
        }

        @Test
        void saysWhatStopsTheStart() throws IOException {
            stops("breaker.metrics.legacy.enabled=true", "metrics.legacy.enabled` | stops the start");
            stops("breaker.backends.partner.sliding-window-size=5", "backends.*` | stops the start");
            stops(
                    "breaker.instances.partner.transition-to-state-after-wait-duration=closed",
                    "transition-to-state-after-wait-duration` | OPEN only; CLOSED stops the start");
        }
    }
}
