package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Users' code that breaks its contract harms no call: results and exceptions reach the caller as they are. */
class HostileCodeTest {

    private static Breaker breaker(OutcomeClassifier classifier, BreakerListener... listeners) {
        BreakerRegistry.Builder builder = BreakerRegistry.builder()
                .ticker(new ManualTicker())
                .configs(name -> BreakerConfig.builder().classifier(classifier).build());
        for (BreakerListener listener : listeners) {
            builder.listener(listener);
        }
        return builder.build().breaker("partner");
    }

    /* As Kotlin may, which has no checked exceptions. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void classifierThatReturnsNothing() throws Exception {
        Breaker breaker = breaker((result, thrown) -> null);
        assertThat(breaker.call(() -> "offer")).isEqualTo("offer");
        assertThatThrownBy(() -> breaker.call(() -> {
                    throw new IOException("down");
                }))
                .isInstanceOf(IOException.class);
        assertThat(breaker.snapshot().counts().failures()).isOne();
    }

    @Test
    void classifierThatThrowsACheckedException() throws Exception {
        Breaker breaker = breaker((result, thrown) -> {
            throw HostileCodeTest.<RuntimeException>sneaky(new IOException("classifier"));
        });
        assertThat(breaker.call(() -> "offer")).isEqualTo("offer");
    }

    @Test
    void classifierThatIsComparedWhileItsCircuitIsReconfigured() {
        AtomicReference<Circuit> circuit = new AtomicReference<>();
        List<Boolean> locked = new ArrayList<>();
        class Compared implements OutcomeClassifier {
            @Override
            public Outcome classify(@Nullable Object result, @Nullable Throwable thrown) {
                return Outcome.SUCCESS;
            }

            @Override
            public boolean equals(@Nullable Object other) {
                locked.add(Thread.holdsLock(circuit.get()));
                return this == other;
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
        BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(new ManualTicker())
                .configs(name ->
                        BreakerConfig.builder().classifier(new Compared()).build())
                .build();
        circuit.set(registry.breaker("partner").circuit());
        registry.reconfigure();
        assertThat(locked).isNotEmpty().containsOnly(false);
    }

    @Test
    void listenerThatThrowsACheckedException() throws Exception {
        Breaker breaker = breaker(OutcomeClassifier.standard(), new BreakerListener() {
            @Override
            public void onSuccess(BreakerEvent.Success event) {
                throw HostileCodeTest.<RuntimeException>sneaky(new IOException("listener"));
            }
        });
        assertThat(breaker.call(() -> "offer")).isEqualTo("offer");
    }

    @SuppressWarnings("serial")
    private static final class Mute extends RuntimeException {
        @Override
        public String getMessage() {
            throw new AssertionError("no message");
        }
    }

    @Test
    void exceptionWhoseMessageThrows() {
        Breaker breaker = breaker(OutcomeClassifier.standard());
        assertThatThrownBy(() -> breaker.run(() -> {
                    throw new Mute();
                }))
                .isInstanceOf(Mute.class);
        assertThat(breaker.snapshot().counts().failures()).isOne();
    }

    @Test
    void exceptionOfAProbeWhoseMessageThrows() {
        LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile()).fails(1).afterSeconds(30);
        Permit probe = circuit.breaker.acquire();
        probe.failure(new Mute(), 0);
        assertThat(circuit.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void storeWhoseExceptionCausesItself() {
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            Exception outer = new Exception("outer");
            Exception inner = new Exception("inner", outer);
            outer.initCause(inner);
            assertThat(Calls.describeRoot(outer)).isIn("inner", "outer");
        });
    }

    @Test
    void configurationThatWaitsForAThreadThatAlsoNeedsACircuit() throws Exception {
        CompletableFuture<BreakerRegistry> self = new CompletableFuture<>();
        BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(new ManualTicker())
                .configs(name -> {
                    if (name.equals("outer")) {
                        CompletableFuture.runAsync(() -> self.join().breaker("inner"))
                                .orTimeout(2, TimeUnit.SECONDS)
                                .join();
                    }
                    return BreakerConfig.defaults();
                })
                .build();
        self.complete(registry);
        assertThat(registry.breaker("outer").name()).isEqualTo("outer");
    }
}
