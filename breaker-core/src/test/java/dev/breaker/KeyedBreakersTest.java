package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.breaker.shared.Batch;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class KeyedBreakersTest {

    private static final Duration EXPIRY = Duration.ofMinutes(10);

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore memory = new InMemoryStore(ticker);
    private final BreakerRegistry registry = registry("one");
    private final KeyedBreakers partners = registry.keyed("partner");

    private BreakerRegistry registry(String instance) {
        BreakerConfig config = BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .maxKeys(3)
                .keyIdleExpiry(EXPIRY)
                .waitDurationInOpenState(EXPIRY.multipliedBy(3))
                .build();
        return BreakerRegistry.builder()
                .ticker(ticker)
                .store(memory)
                .instance(instance)
                .configs(name -> config)
                .maximumBreakers(10)
                .build();
    }

    private static void fail(Breaker breaker) {
        breaker.acquire().failure(new IOException("down"), 0);
    }

    @Test
    void opensForOneKeyAlone() {
        fail(partners.breaker("acme"));
        assertThat(partners.breaker("acme").tryAcquire()).isNull();
        assertThat(partners.breaker("other").tryAcquire()).isNotNull();
        assertThat(registry.breaker("partner").state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void namesTheCircuitsAfterTheirKeys() {
        Breaker breaker = partners.breaker("acme");
        assertThat(breaker.name()).isEqualTo("partner[acme]");
        assertThat(breaker.family()).contains("partner");
        assertThat(registry.find("partner[acme]")).containsSame(breaker);
        assertThat(partners.breaker("acme")).isSameAs(breaker);
        assertThat(registry.keyed("partner")).isSameAs(partners);
        assertThat(registry.breaker("partner").family()).isEmpty();
    }

    @Test
    void takesTheCircuitOfTheBareNameForNoKey() {
        assertThat(partners.breaker(null)).isSameAs(registry.breaker("partner"));
    }

    @Test
    void sharesEachCircuitWithTheOtherInstances() {
        Breaker others = registry("two").keyed("partner").breaker("acme");
        fail(partners.breaker("acme"));
        ticker.advance(Duration.ofSeconds(1));
        assertThat(others.state()).isEqualTo(BreakerState.OPEN);
    }

    @Nested
    class MadeByItsFullName {

        private final Breaker others = registry.breaker("partner[acme]");

        @Test
        void isFoundWithoutALock() {
            synchronized (partners) {
                assertThat(CompletableFuture.supplyAsync(() -> partners.breaker("acme")))
                        .succeedsWithin(Duration.ofSeconds(10))
                        .isSameAs(others);
            }
        }

        @Test
        void isFoundAlsoWhereThereIsNoRoomForFurtherKeys() {
            IntStream.range(0, 3).forEach(i -> partners.breaker("key-" + i));
            assertThat(partners.breaker("acme")).isSameAs(others);
        }

        @Test
        void staysItsMakers() {
            partners.breaker("acme");
            ticker.advance(EXPIRY.multipliedBy(2));
            assertThat(registry.find("partner[acme]")).containsSame(others);
            assertThat(partners.size()).isZero();
        }
    }

    @Nested
    class HealthProbes {

        private final CheckedPartner partner = new CheckedPartner();
        private BreakerConfig config = probed();
        private final BreakerRegistry registry =
                BreakerRegistry.builder().ticker(ticker).configs(name -> config).build();
        private final Breaker acme = registry.keyed("partner").breaker("acme");

        private BreakerConfig probed() {
            return LocalCircuit.fragile()
                    .healthProbe(partner)
                    .waitDurationInOpenState(EXPIRY)
                    .keyIdleExpiry(EXPIRY)
                    .build();
        }

        private void assertProbesWithCalls(Breaker breaker) {
            fail(breaker);
            ticker.advance(EXPIRY);
            assertThat(breaker.tryAcquire()).isNotNull();
            assertThat(partner.checks).isZero();
        }

        @Test
        void doNotAskForAKey() {
            assertProbesWithCalls(acme);
        }

        @Test
        void askForTheCircuitOfTheBareName() {
            partner.down = false;
            Breaker bare = registry.breaker("partner");
            fail(bare);
            ticker.advance(EXPIRY);
            assertThat(bare.state()).isEqualTo(BreakerState.CLOSED);
        }

        @Test
        void doNotComeWithAnotherConfiguration() {
            config = config.toBuilder().maxKeys(2).build();
            registry.reconfigure();
            assertThat(acme.config().maxKeys()).isEqualTo(2);
            assertProbesWithCalls(acme);
        }

        @Test
        void doNotComeWithAConfigurationThatChangesWhileTheKeyIsNew() {
            BreakerRegistry[] changing = new BreakerRegistry[1];
            changing[0] = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> config)
                    .listener(new BreakerListener() {
                        @Override
                        public void onCreated(BreakerEvent.Created event) {
                            if (event.breaker().endsWith("[acme]")) {
                                config = config.toBuilder().maxKeys(2).build();
                                changing[0].reconfigure();
                            }
                        }
                    })
                    .build();
            Breaker late = changing[0].keyed("partner").breaker("acme");
            assertThat(late.config().maxKeys()).isEqualTo(2);
            assertProbesWithCalls(late);
        }

        @Test
        void keepNoIdleKey() {
            fail(acme);
            ticker.advance(EXPIRY.multipliedBy(2));
            assertThat(registry.keyed("partner").size()).isZero();
        }
    }

    @Nested
    class Hostile {

        @ParameterizedTest
        @ValueSource(strings = {"", "  ", "a\nb", "\u0000", "a][b", "x]", "#AAAAAAAAAAAAAAAAAAAAAA", "\ud800"})
        void keysGetADigestInsteadAndACircuitOfTheirOwn(String key) {
            Breaker breaker = partners.breaker(key);
            assertThat(breaker.name()).matches("partner\\[#[\\w-]{22}]");
            assertThat(partners.breaker(key)).isSameAs(breaker);
        }

        @Test
        void keysOfAnyLengthCostNoMoreThanTheirDigest() {
            String huge = "x".repeat(1_000_000);
            Breaker breaker = partners.breaker(huge);
            assertThat(breaker.name()).hasSize("partner[#]".length() + 22);
            assertThat(partners.breaker(huge)).isSameAs(breaker);
            assertThat(partners.breaker(huge + "y")).isNotSameAs(breaker);
        }

        @Test
        void keysCannotNameTheDigestOfAnother() {
            Breaker victim = partners.breaker("x".repeat(100));
            String digest =
                    victim.name().substring("partner[".length(), victim.name().length() - 1);
            assertThat(partners.breaker(digest)).isNotSameAs(victim);
        }

        @Test
        void namesThatAreTooLongAreRefused() {
            assertThatThrownBy(() -> registry.keyed("x".repeat(151)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most 150");
        }
    }

    @Nested
    class Bounds {

        @Test
        void furtherKeysShareTheCircuitOfTheBareName() {
            IntStream.range(0, 3).forEach(i -> partners.breaker("key-" + i));
            assertThat(partners.breaker("one-more")).isSameAs(registry.breaker("partner"));
            assertThat(partners.breaker("key-2").name()).isEqualTo("partner[key-2]");
            assertThat(partners.size()).isEqualTo(3);
        }

        @Test
        void theRegistrysMaximumFailsNoCall() {
            IntStream.range(0, 9).forEach(i -> registry.breaker("other-" + i));
            assertThat(partners.breaker("acme")).isSameAs(registry.breaker("partner"));
        }

        @Test
        void keysOfAllNamesTogetherLeaveTheLastRoomToNames() {
            for (String name : List.of("partner", "search", "payment")) {
                IntStream.range(0, 3).forEach(i -> registry.keyed(name).breaker("key-" + i));
            }
            assertThat(registry.breakers()).hasSize(9);
            assertThat(registry.keyed("payment").breaker("key-2")).isSameAs(registry.breaker("payment"));
            assertThat(registry.keyed("partner", "partner[racing]", BreakerConfig.defaults()))
                    .isEmpty();
            assertThat(registry.breaker("mail").name()).isEqualTo("mail");
        }

        @Test
        void theLimitThatWasMetIsNamedOnce() {
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            lines.start();
            Logger logger = (Logger) LoggerFactory.getLogger(KeyedBreakers.class);
            logger.addAppender(lines);
            for (String name : List.of("partner", "search", "payment")) {
                IntStream.range(0, 5).forEach(i -> registry.keyed(name).breaker("key-" + i));
            }
            logger.detachAppender(lines);
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "Circuit breaker 'partner' has 3 keys, and further ones share one circuit: it may have 3 at"
                                    + " most",
                            "Circuit breaker 'search' has 3 keys, and further ones share one circuit: it may have 3 at"
                                    + " most",
                            "Circuit breaker 'payment' has 0 keys, and further ones share one circuit: the registry has"
                                    + " room for keys up to 9 circuit breakers");
        }

        @Test
        void idleCircuitsMakeRoomAndTheirCallsStayCounted() {
            IntStream.range(0, 3)
                    .forEach(i -> partners.breaker("key-" + i).acquire().success(0));
            ticker.advance(Duration.ofSeconds(1));
            ticker.advance(EXPIRY.minusMinutes(1));
            partners.breaker("key-0").acquire().success(0);
            ticker.advance(Duration.ofMinutes(2));
            assertThat(partners.breakers()).extracting(Breaker::name).containsExactly("partner[key-0]");
            assertThat(registry.find("partner[key-1]")).isEmpty();
            assertThat(partners.totals().successes()).isEqualTo(4);
            assertThat(partners.breaker("one-more").name()).isEqualTo("partner[one-more]");
        }

        @Test
        void aCircuitThatIsOverriddenOrHasToWaitIsKept() {
            partners.breaker("forced").forceOpen("test", "test", null);
            fail(partners.breaker("waiting"));
            partners.breaker("idle");
            ticker.advance(EXPIRY.multipliedBy(2));
            assertThat(partners.breakers())
                    .extracting(Breaker::name)
                    .containsExactlyInAnyOrder("partner[forced]", "partner[waiting]");
        }

        @ParameterizedTest
        @EnumSource(names = {"FORCED_OPEN", "DISABLED", "METRICS_ONLY"})
        void aCircuitThatOnlyTheConfigurationOverridesIsNot(BreakerState state) {
            BreakerConfig config = BreakerConfig.builder()
                    .initialState(state)
                    .keyIdleExpiry(EXPIRY)
                    .build();
            KeyedBreakers overridden = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> config)
                    .build()
                    .keyed("partner");
            overridden.breaker("idle");
            overridden.breaker("decided").disable("test", "test", null);
            ticker.advance(EXPIRY.multipliedBy(2));
            assertThat(overridden.breakers()).extracting(Breaker::name).containsExactly("partner[decided]");
        }

        @Test
        void anOpenCircuitWhoseKeyComesBackIsStillOpen() {
            KeyedBreakers patient = registry("two").keyed("partner");
            Breaker open = patient.breaker("acme");
            open.forceOpen("test", "test", EXPIRY.multipliedBy(2));
            partners.breaker("acme");
            ticker.advance(Duration.ofSeconds(2));
            registry.remove("partner[acme]");
            partners.breaker("acme");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(partners.breaker("acme").state()).isEqualTo(BreakerState.FORCED_OPEN);
        }

        @Test
        void removingOneFromTheRegistryForgetsItsKey() {
            Breaker first = partners.breaker("acme");
            assertThat(registry.remove("partner[acme]")).isTrue();
            assertThat(registry.remove("partner[acme]")).isFalse();
            assertThat(partners.breaker("acme")).isNotSameAs(first);
        }
    }

    @Test
    void asksTheStoreSeldomForCircuitsThatNobodyUses() {
        List<String> asked = new ArrayList<>();
        SharedStore counting = new InterceptedStore(memory) {

            @Override
            <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
                return real.get();
            }

            @Override
            public CompletionStage<SyncReply> sync(String name, WindowSpec window, String instance, Batch batch) {
                asked.add(name);
                return super.sync(name, window, instance, batch);
            }
        };
        BreakerRegistry quiet =
                BreakerRegistry.builder().ticker(ticker).store(counting).build();
        Breaker breaker = quiet.keyed("partner").breaker("acme");
        breaker.acquire().success(0);
        ticker.advance(Duration.ofSeconds(62));
        asked.clear();
        ticker.advance(Duration.ofMinutes(5));
        assertThat(asked.stream().filter("partner[acme]"::equals).count()).isBetween(8L, 30L);
        asked.clear();
        breaker.acquire().success(0);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(asked.stream().filter("partner[acme]"::equals).count()).isBetween(9L, 13L);
    }
}
