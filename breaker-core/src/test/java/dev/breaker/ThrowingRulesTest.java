package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A rule that throws neither loses what a call returned or threw nor keeps its permit. */
class ThrowingRulesTest {

    /** What users' rules may throw. */
    enum Fault {
        EXCEPTION {
            @Override
            boolean raise() {
                throw new ClassCastException("rule");
            }
        },
        ERROR {
            @Override
            boolean raise() {
                throw new NoClassDefFoundError("rule");
            }
        };

        abstract boolean raise();
    }

    private final IOException down = new IOException("down");
    private final Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private static LocalCircuit circuit(Fault fault) {
        return circuit(fault, config -> config.consecutiveFailureThreshold(1));
    }

    private static LocalCircuit circuit(Fault fault, Consumer<BreakerConfig.Builder> settings) {
        BreakerConfig.Builder config = BreakerConfig.builder()
                .permittedNumberOfCallsInHalfOpenState(1)
                .classifier(OutcomeRules.builder()
                        .ignoreException(thrown -> fault.raise())
                        .recordResult(result -> fault.raise())
                        .build());
        settings.accept(config);
        return new LocalCircuit(config);
    }

    private Throwable failing(Breaker breaker) {
        try {
            return breaker.call(() -> {
                throw down;
            });
        } catch (Exception thrown) {
            return thrown;
        }
    }

    private void judge(LocalCircuit circuit, int failures) {
        for (int i = 0; i < failures; i++) {
            circuit.breaker.acquire().complete(null, down, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlainCallKeepsItsResultAndItsException(Fault fault) throws Exception {
        Breaker breaker = circuit(fault).breaker;
        assertThat(breaker.call(() -> "offer")).isEqualTo("offer");
        assertThat(failing(breaker)).isSameAs(down);
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void aStageKeepsItsResultAndItsException(Fault fault) {
        Breaker breaker = circuit(fault).breaker;
        assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture("offer")))
                .isCompletedWithValue("offer");
        assertThatThrownBy(() -> breaker.callAsync(() -> CompletableFuture.failedFuture(down))
                        .toCompletableFuture()
                        .join())
                .cause()
                .isSameAs(down);
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void aProbeThatSucceedsClosesTheCircuit(Fault fault) throws Exception {
        LocalCircuit circuit = circuit(fault);
        circuit.fails(1).afterSeconds(30);
        assertThat(circuit.breaker.call(() -> "offer")).isEqualTo("offer");
        assertThat(circuit.breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource
    void aProbeThatFailsOpensItAgain(Fault fault) {
        LocalCircuit circuit = circuit(fault);
        circuit.fails(1).afterSeconds(30);
        assertThat(failing(circuit.breaker)).isSameAs(down);
        assertThat(circuit.breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void aStageThatIsAProbeGivesItsPermitBack(Fault fault) {
        LocalCircuit circuit = circuit(
                fault, config -> config.consecutiveFailureThreshold(1).permittedNumberOfCallsInHalfOpenState(2));
        circuit.fails(1).afterSeconds(30);
        for (int probe = 0; probe < 2; probe++) {
            assertThat(circuit.breaker.callAsync(() -> CompletableFuture.completedFuture("offer")))
                    .isCompletedWithValue("offer");
        }
        assertThat(circuit.breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void isReportedOnceAMinuteForEachCircuit() {
        LocalCircuit circuit = circuit(Fault.EXCEPTION, config -> config.minimumNumberOfCalls(10_000));
        judge(circuit, 1_000);
        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .isEqualTo("The classifier of circuit breaker 'partner' failed (0 more since the last report); "
                        + "the standard rules judge instead");
        judge(circuit.after(Duration.ofSeconds(61)), 1_000);
        assertThat(lines.list).hasSize(2);
        assertThat(lines.list.get(1).getFormattedMessage())
                .contains("'partner' failed (999 more since the last report)");
    }

    @Test
    void isReportedForEveryCircuitThatHasOne() {
        judge(circuit(Fault.EXCEPTION, config -> config.minimumNumberOfCalls(10_000)), 2);
        judge(circuit(Fault.EXCEPTION, config -> config.minimumNumberOfCalls(10_000)), 2);
        assertThat(lines.list).hasSize(2);
    }

    @Test
    void aRetryAfterThatThrowsLeavesTheFailureAFailure() {
        LocalCircuit circuit = new LocalCircuit(BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .classifier(OutcomeRules.builder()
                        .retryAfter(failure -> {
                            throw new IllegalStateException("rule");
                        })
                        .build()));
        assertThat(failing(circuit.breaker)).isSameAs(down);
        assertThat(circuit.breaker.snapshot().timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
    }
}
