package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerRegistryTest {

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry =
            BreakerRegistry.builder().ticker(ticker).build();

    @Nested
    class Circuits {

        @Test
        void areTheSameForTheSameName() {
            assertThat(registry.breaker("offers")).isSameAs(registry.breaker("offers"));
            assertThat(registry.breaker("offers")).isNotSameAs(registry.breaker("prices"));
            assertThat(registry.breaker("offers").name()).isEqualTo("offers");
        }

        @Test
        void areTheSameForAllThreads() {
            List<CompletableFuture<Breaker>> found = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> registry.breaker("offers")))
                    .limit(50)
                    .toList();
            assertThat(found.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        }

        @Test
        void areNotCreatedByLookingForThem() {
            assertThat(registry.find("offers")).isEmpty();
            assertThat(registry.breakers()).isEmpty();
            Breaker offers = registry.breaker("offers");
            assertThat(registry.find("offers")).containsSame(offers);
            assertThat(registry.find("Offers")).isEmpty();
            assertThat(registry.breakers()).containsExactly(offers);
        }

        @Test
        void canBeFoundWhenTheirCreationIsTold() {
            List<Boolean> found = new ArrayList<>();
            registry.addListener(new BreakerListener() {
                @Override
                public void onCreated(BreakerEvent.Created event) {
                    found.add(registry.find(event.breaker()).isPresent());
                }
            });
            registry.breaker("offers");
            assertThat(found).containsExactly(true);
        }

        @Test
        void areTimedWhereSlowCallsAreLookedForOrAllCallsAreTimed() {
            BreakerRegistry.Builder builder = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> BreakerConfig.builder()
                            .slowCallDurationThreshold(name.equals("slow") ? Duration.ofSeconds(1) : null)
                            .build());
            assertThat(builder.build().breaker("slow").isTimed()).isTrue();
            assertThat(builder.build().breaker("offers").isTimed()).isFalse();
            assertThat(builder.timed(true).build().breaker("offers").isTimed()).isTrue();
        }

        @Test
        void areConfiguredByNameOnce() {
            List<String> asked = new ArrayList<>();
            BreakerRegistry configured = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> {
                        asked.add(name);
                        return BreakerConfig.builder()
                                .minimumNumberOfCalls(name.length())
                                .build();
                    })
                    .build();
            configured.breaker("offers");
            configured.breaker("offers");
            configured.breaker("old");
            assertThat(asked).containsExactly("offers", "old");
            assertThat(configured.breaker("old").config().minimumNumberOfCalls())
                    .isEqualTo(3);
        }

        @Test
        void areNamedWhereTheirConfigurationIsInvalid() {
            BreakerRegistry misconfigured = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name ->
                            BreakerConfig.builder().failureRateThreshold(150).build())
                    .build();
            assertThatExceptionOfType(InvalidConfigException.class)
                    .isThrownBy(() -> misconfigured.breaker("offers"))
                    .withMessage("Invalid failureRateThreshold (150.0) for circuit breaker 'offers':"
                            + " must be above 0 and at most 100.");
            assertThat(misconfigured.find("offers")).isEmpty();
        }

        @Test
        void areNoMoreThanTheMaximum() {
            BreakerRegistry small =
                    BreakerRegistry.builder().ticker(ticker).maximumBreakers(2).build();
            small.breaker("a");
            small.breaker("b");
            assertThatIllegalStateException()
                    .isThrownBy(() -> small.breaker("c"))
                    .withMessage("Circuit breaker 'c' would be one more than the maximum of 2;"
                            + " use fewer names or raise the maximum.");
            assertThat(small.breakers()).hasSize(2);
            assertThat(small.breaker("a").state()).isEqualTo(CLOSED);
        }

        @Test
        void doNotShareWithoutAStore() {
            assertThat(registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.OFF);
            assertThat(registry.store()).isEmpty();
            BreakerSnapshot snapshot = registry.breaker("offers").snapshot();
            assertThat(snapshot.sharing()).isEqualTo(BreakerSnapshot.Sharing.OFF);
            assertThat(snapshot.stateScope()).isEqualTo(BreakerScope.INSTANCE);
            assertThat(snapshot.countsScope()).isEqualTo(BreakerScope.INSTANCE);
            assertThat(snapshot.epoch()).isZero();
            assertThat(snapshot.staleness()).isNull();
        }
    }

    @Nested
    class Names {

        @ParameterizedTest
        @ValueSource(strings = {"a", "offers:eu", "{offers}", "offers*", "a b", "ünï-😀", "../%00?[x]", "#{1+1}"})
        void mayBeAlmostAnything(String name) {
            assertThat(registry.breaker(name).name()).isEqualTo(name);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "   "})
        void mustNotBeBlank(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.breaker(name))
                    .withMessage("Invalid name () of a circuit breaker, " + name.length()
                            + " characters: must have 1 to 200, not all of them blank.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"a\nb", "a\rb", "a\tb", "a\0b", "a\u001bb", "a\u007fb", "a\u0085b", "a\u2028b", "a\u2029b"})
        void mustNotContainControlCharactersOrLineBreaks(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.breaker(name))
                    .withMessage("Invalid name (a?b) of a circuit breaker: must not contain control characters.");
            assertThat(registry.breakers()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"\n", "\t \t"})
        void ofBlankControlCharactersAreNotRepeated(String name) {
            assertThat(catchThrowable(() -> registry.breaker(name)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain(name);
        }

        /* All of them would be the same sequence of bytes, and so the same circuit in a store. */
        @Test
        void mustNotContainHalfACharacter() {
            for (String name : List.of("a\ud800", "\udc00a", "a\ud800b")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.breaker(name))
                        .withMessageEndingWith("must not contain control characters.");
            }
        }

        @Test
        void haveAtMostTwoHundredCharacters() {
            assertThat(registry.breaker("n".repeat(200))).isNotNull();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.breaker("n".repeat(201)))
                    .withMessage("Invalid name (" + "n".repeat(40) + "...) of a circuit breaker, 201 characters:"
                            + " must have 1 to 200, not all of them blank.");
        }

        @Test
        void areNotRepeatedInFullWhereTheyAreTooLong() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.breaker("a\nb".repeat(3413)))
                    .withMessageContaining("10239 characters")
                    .satisfies(fault ->
                            assertThat(fault.getMessage()).hasSizeLessThan(200).doesNotContain("\n"));
        }
    }

    @Nested
    class Close {

        @Test
        void mayBeRepeated() {
            registry.breaker("offers");
            registry.close();
            registry.close();
            assertThat(registry.breaker("offers").state()).isEqualTo(CLOSED);
        }

        @Test
        void leavesCircuitsWorking() throws Exception {
            registry.close();
            assertThat(registry.breaker("late").call(() -> "offer")).isEqualTo("offer");
            ticker.advance(Duration.ofMinutes(1));
            assertThat(registry.breaker("late").snapshot().counts().calls()).isEqualTo(1);
        }

        @Test
        void endsAllThreadsOfTheRegistryWhichAreDaemons() throws Exception {
            Set<Thread> before = threads();
            CountDownLatch told = new CountDownLatch(1);
            BreakerRegistry real = BreakerRegistry.builder()
                    .configs(name -> LocalCircuit.fragile().build())
                    .listener(new BreakerListener() {
                        @Override
                        public void onTransition(BreakerEvent.Transition event) {
                            told.countDown();
                        }
                    })
                    .build();
            Stream.of("a", "b", "c")
                    .map(real::breaker)
                    .forEach(breaker -> breaker.acquire().failure(new IOException("down"), 0));
            told.await();

            Set<Thread> own = threads();
            own.removeAll(before);
            assertThat(own).extracting(Thread::getName).containsExactlyInAnyOrder("breaker-timer", "breaker-events");
            assertThat(own).allMatch(Thread::isDaemon);
            real.close();
            await().until(() -> own.stream().noneMatch(Thread::isAlive));
        }

        @Test
        void hasNoThreadsToEndWithAManualTicker() {
            Set<Thread> before = threads();
            BreakerRegistry manual = BreakerRegistry.builder()
                    .ticker(new ManualTicker())
                    .configs(name -> LocalCircuit.fragile().build())
                    .build();
            manual.breaker("offers").acquire().failure(new IOException("down"), 0);
            assertThat(before).containsAll(threads());
        }

        private static Set<Thread> threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("breaker-"))
                    .collect(Collectors.toSet());
        }
    }

    @Nested
    class Builder {

        private final BreakerRegistry.Builder builder = BreakerRegistry.builder();

        @Test
        void wantsRoomForOneCircuit() {
            assertThatThrownBy(() -> builder.maximumBreakers(0))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessage("Invalid maximumBreakers (0): must be at least 1.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a\nb", "\ud800"})
        void wantsAnIdentityThatCanBeTold(String instance) {
            assertThatThrownBy(() -> builder.instance(instance))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageEndingWith("must have 1 to 200 characters, none of them a control character.");
            assertThatThrownBy(() -> builder.instance("i".repeat(201))).isInstanceOf(InvalidConfigException.class);
            assertThat(builder.instance("i".repeat(200))).isSameAs(builder);
        }

        @Test
        void wantsIntervalsThatMakeSense() {
            assertThatThrownBy(() -> builder.syncInterval(Duration.ofMillis(9)))
                    .hasMessage("Invalid syncInterval (PT0.009S): must be between PT0.01S and PT1M.");
            assertThatThrownBy(() -> builder.syncInterval(Duration.ofSeconds(61)))
                    .hasMessage("Invalid syncInterval (PT1M1S): must be between PT0.01S and PT1M.");
            assertThatThrownBy(() -> builder.pollInterval(Duration.ZERO))
                    .hasMessage("Invalid pollInterval (PT0S): must be between PT0.01S and PT1M.");
            assertThat(builder.syncInterval(Duration.ofMillis(10)).pollInterval(Duration.ofMinutes(1)))
                    .isSameAs(builder);
        }

        @Test
        void givesEveryRegistryAnIdentityOfItsOwn() {
            BreakerRegistry other = BreakerRegistry.builder().ticker(ticker).build();
            assertThat(registry.instance()).isNotBlank().isNotEqualTo(other.instance());
            assertThat(BreakerRegistry.builder()
                            .ticker(ticker)
                            .instance("pod-7")
                            .build()
                            .instance())
                    .isEqualTo("pod-7");
        }
    }
}
