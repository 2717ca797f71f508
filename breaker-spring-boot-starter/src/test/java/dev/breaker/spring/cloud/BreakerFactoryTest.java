package dev.breaker.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breaker.BreakerState;
import dev.breaker.CallNotPermittedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException;

/** Calls that return their result. */
class BreakerFactoryTest {

    private final LocalCircuits circuits = new LocalCircuits();
    private final CircuitBreaker partner = new BreakerFactory(circuits).create("partner");

    @AfterEach
    void close() {
        circuits.close();
    }

    private static String fail() {
        throw new IllegalStateException("down");
    }

    @Test
    void returnsWhatTheCallReturns() {
        assertThat(partner.run(() -> "hot", thrown -> "cold")).isEqualTo("hot");
        assertThat(partner.<String>run(() -> null)).isNull();
        assertThat(circuits.calls()).isEqualTo(2);
    }

    @Test
    void opensAndMakesNoMoreCalls() {
        AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < 5; i++) {
            partner.run(
                    () -> {
                        calls.incrementAndGet();
                        return fail();
                    },
                    thrown -> "cold");
        }
        assertThat(calls).hasValue(2);
        assertThat(circuits.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void givesTheFallbackWhatWasThrown() {
        String answer = partner.run(BreakerFactoryTest::fail, Throwable::getMessage);
        assertThat(answer).isEqualTo("down");
    }

    @Test
    void countsTheAnswersOfFallbacks() {
        assertThatThrownBy(() -> partner.run(BreakerFactoryTest::fail))
                .isInstanceOf(NoFallbackAvailableException.class);
        assertThat(circuits.fallbacks()).isZero();
        partner.run(BreakerFactoryTest::fail, thrown -> "cold");
        partner.run(() -> "rejected", thrown -> "cold");
        assertThat(circuits.fallbacks()).isEqualTo(2);
    }

    @Test
    void givesTheFallbackTheRejection() {
        circuits.open();
        assertThat(partner.<Throwable>run(IllegalStateException::new, thrown -> thrown))
                .isInstanceOf(CallNotPermittedException.class)
                .hasMessageContaining("'partner' is OPEN");
    }

    @Test
    void answersForWhatIsNoFailureToo() {
        for (int i = 0; i < 5; i++) {
            assertThat(partner.<String>run(
                            () -> {
                                throw new IllegalArgumentException("no such customer");
                            },
                            thrown -> "cold"))
                    .isEqualTo("cold");
        }
        assertThat(circuits.calls()).isZero();
        assertThat(circuits.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void answersForAnErrorButNotOfTheVirtualMachine() {
        String answer = partner.run(
                () -> {
                    throw new AssertionError("wrong");
                },
                Throwable::getMessage);
        assertThat(answer).isEqualTo("wrong");
        assertThat(circuits.failures()).isEqualTo(1);
        OutOfMemoryError fatal = new OutOfMemoryError("full");
        assertThatThrownBy(() -> partner.run(
                        () -> {
                            throw fatal;
                        },
                        thrown -> "cold"))
                .isSameAs(fatal);
        assertThat(circuits.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void failsWithTheCauseWithoutFallback() {
        assertThatExceptionOfType(NoFallbackAvailableException.class)
                .isThrownBy(() -> partner.run(BreakerFactoryTest::fail))
                .withCause(new IllegalStateException("down"));
    }

    @Test
    void failsWithTheRejectionWithoutFallback() {
        circuits.open();
        assertThatExceptionOfType(NoFallbackAvailableException.class)
                .isThrownBy(() -> partner.run(() -> "hot"))
                .withCauseInstanceOf(CallNotPermittedException.class);
    }

    @Test
    void letsTheFallbacksOwnExceptionOut() {
        assertThatThrownBy(() -> partner.run(BreakerFactoryTest::fail, thrown -> {
                    throw new UnsupportedOperationException("cold, too", thrown);
                }))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("cold, too");
        assertThat(circuits.failures()).isEqualTo(1);
    }
}
