package dev.breaker;

import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CallNotPermittedExceptionTest {

    private static CallNotPermittedException rejection(LocalCircuit circuit) {
        return catchThrowableOfType(CallNotPermittedException.class, circuit.breaker::acquire);
    }

    private static CallNotPermittedException afterFailure(Throwable failure) {
        LocalCircuit circuit = new LocalCircuit(fragile());
        circuit.breaker.acquire().failure(failure, 0);
        return rejection(circuit);
    }

    @Test
    void tellsTheCircuitItsStateAndItsEnd() {
        CallNotPermittedException rejection = afterFailure(new IOException("down"));
        assertThat(rejection.breaker()).isEqualTo("partner");
        assertThat(rejection.state()).isEqualTo(BreakerState.OPEN);
        assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(rejection)
                .hasMessage("Circuit breaker 'partner' is OPEN and does not permit this call; "
                        + "next attempt in 30000 ms; last failure: IOException: down");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        LocalCircuit circuit = new LocalCircuit(fragile());
        circuit.breaker.forceOpen("", "", null);
        assertThat(rejection(circuit))
                .hasMessage("Circuit breaker 'partner' is FORCED_OPEN and does not permit this call")
                .satisfies(rejection -> assertThat(rejection.retryAfter()).isNull())
                .satisfies(rejection -> assertThat(rejection.lastFailure()).isNull());
    }

    @Test
    void hasNoStackTraceByDefault() {
        assertThat(afterFailure(new IOException("down")).getStackTrace()).isEmpty();
    }

    @Test
    void hasAStackTraceWhereConfigured() {
        LocalCircuit circuit = new LocalCircuit(fragile().writableStackTrace(true)).fails(1);
        assertThat(rejection(circuit).getStackTrace())
                .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(Breaker.class.getName()));
    }

    @Test
    void tellsWhatIsLeftWhenItIsAsked() {
        LocalCircuit circuit = new LocalCircuit(fragile()).fails(1);
        CallNotPermittedException rejection = rejection(circuit);
        circuit.afterSeconds(12);
        assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(18));
        assertThat(rejection).hasMessageContaining("next attempt in 18000 ms");
        circuit.afterSeconds(60);
        assertThat(rejection.retryAfter()).isZero();
    }

    @Test
    void survivesSerializationWithWhatWasLeft() throws Exception {
        LocalCircuit circuit = new LocalCircuit(fragile());
        circuit.breaker.acquire().failure(new IOException("down"), 0);
        CallNotPermittedException rejection = rejection(circuit);
        circuit.afterSeconds(12);
        CallNotPermittedException copy = copyOf(rejection);
        circuit.afterSeconds(12);
        assertThat(copy)
                .hasMessage("Circuit breaker 'partner' is OPEN and does not permit this call; "
                        + "next attempt in 18000 ms; last failure: IOException: down");
        assertThat(copy.breaker()).isEqualTo("partner");
        assertThat(copy.state()).isEqualTo(BreakerState.OPEN);
        assertThat(copy.retryAfter()).isEqualTo(Duration.ofSeconds(18));
        assertThat(copy.lastFailure()).isEqualTo("IOException: down");
        assertThat(copyOf(copy).retryAfter()).isEqualTo(Duration.ofSeconds(18));
    }

    private static CallNotPermittedException copyOf(CallNotPermittedException rejection) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(rejection);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (CallNotPermittedException) in.readObject();
        }
    }

    @Nested
    class LastFailure {

        @Test
        void isTheClassAloneWithoutAMessage() {
            assertThat(afterFailure(new IOException()).lastFailure()).isEqualTo("IOException");
            assertThat(afterFailure(new IOException("  ")).lastFailure()).isEqualTo("IOException");
        }

        @Test
        void isTheFirstLineOfTheMessage() {
            assertThat(afterFailure(new IOException("down\r\nfor today\n")).lastFailure())
                    .isEqualTo("IOException: down");
        }

        @Test
        void isTheExceptionInsideItsWrapper() {
            assertThat(afterFailure(new java.util.concurrent.CompletionException(new IOException("down")))
                            .lastFailure())
                    .isEqualTo("IOException: down");
        }

        @Test
        void namesAnAnonymousClassToo() {
            assertThat(afterFailure(new IOException("down") {
                                private static final long serialVersionUID = 1L;
                            })
                            .lastFailure())
                    .matches(".*CallNotPermittedExceptionTest.*: down");
        }

        @Test
        void isCutWhereAMessageIsAWholeBody() {
            assertThat(afterFailure(new IOException("x".repeat(1_000_000))).lastFailure())
                    .hasSizeLessThan(300)
                    .startsWith("IOException: xxx")
                    .endsWith("...");
        }

        @Test
        void isThatOfAProbeToo() {
            LocalCircuit circuit = new LocalCircuit(fragile()).fails(1).afterSeconds(30);
            circuit.breaker.acquire().failure(new IllegalStateException("still down"), 0);
            assertThat(rejection(circuit).lastFailure()).isEqualTo("IllegalStateException: still down");
        }
    }
}
