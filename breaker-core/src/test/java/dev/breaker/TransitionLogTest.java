package dev.breaker;

import static ch.qos.logback.classic.Level.INFO;
import static ch.qos.logback.classic.Level.WARN;
import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TransitionLogTest {

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

    private List<String> written() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    private static BreakerEvent.Transition moved(
            BreakerState from, BreakerState to, BreakerScope scope, boolean announcer) {
        return new BreakerEvent.Transition("offers", from, to, "why", scope, 7, announcer, null);
    }

    @Test
    void hasOneLineForEachTransition() {
        new LocalCircuit(LocalCircuit.fragile()).fails(1).afterSeconds(30).succeeds(2);
        assertThat(written())
                .containsExactly(
                        "WARN Circuit breaker 'partner' CLOSED -> OPEN on this instance: 1 failures in a row; last failure: IOException: down",
                        "INFO Circuit breaker 'partner' OPEN -> HALF_OPEN on this instance: the wait is over",
                        "INFO Circuit breaker 'partner' HALF_OPEN -> CLOSED on this instance: 2 of 2 probes succeeded");
    }

    @Test
    void namesTheLastFailureOfTheStateThatEndsInAnOpening() {
        LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());
        circuit.fails(1).afterSeconds(30).fails(1).afterSeconds(30).succeeds(2);
        lines.list.clear();
        circuit.breaker.metricsOnly("", "ann", null);
        circuit.breaker.acquire().failure(new IOException("refused"), 0);
        circuit.breaker.release("", "ann");
        circuit.fails(1);
        assertThat(written())
                .containsExactly(
                        "INFO Circuit breaker 'partner' CLOSED -> METRICS_ONLY for all instances: override by ann",
                        "INFO Circuit breaker 'partner' METRICS_ONLY -> CLOSED for all instances: released by ann",
                        "WARN Circuit breaker 'partner' CLOSED -> OPEN on this instance: 1 failures in a row"
                                + "; last failure: IOException: down");
    }

    @Test
    void saysForHowLongAnOverrideHolds() {
        LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());
        circuit.breaker.forceOpen("maintenance", "ann", Duration.ofMinutes(10));
        circuit.afterSeconds(600);
        assertThat(written())
                .containsExactly(
                        "WARN Circuit breaker 'partner' CLOSED -> FORCED_OPEN for all instances:"
                                + " override by ann for 600000 ms: maintenance",
                        "INFO Circuit breaker 'partner' FORCED_OPEN -> CLOSED for all instances:"
                                + " override by ann expired: maintenance");
    }

    @Test
    void countsProbesThatFailedAndSlowOnes() {
        LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile()
                .slowCallDurationThreshold(Duration.ofSeconds(1))
                .slowCallRateThreshold(100));
        circuit.fails(1).afterSeconds(30).succeeds(2, Duration.ofSeconds(2));
        assertThat(written())
                .last()
                .isEqualTo("WARN Circuit breaker 'partner' HALF_OPEN -> OPEN on this instance:"
                        + " 0 of 2 probes failed, 2 slow");
    }

    @Test
    void doesNotNameAFailureOfAnEarlierTime() {
        LocalCircuit slow = new LocalCircuit(BreakerConfig.builder()
                .consecutiveFailureThreshold(1)
                .minimumNumberOfCalls(2)
                .slowCallRateThreshold(100)
                .slowCallDurationThreshold(Duration.ofSeconds(1)));
        slow.fails(1).afterSeconds(30).succeeds(5).afterSeconds(30);
        lines.list.clear();
        slow.succeeds(2, Duration.ofSeconds(2));
        assertThat(written())
                .containsExactly("WARN Circuit breaker 'partner' CLOSED -> OPEN on this instance:"
                        + " slow call rate 100.0% of 2 calls, threshold 100.0%");
    }

    @Test
    void needsNoListener() {
        BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(new ManualTicker())
                .configs(name -> LocalCircuit.fragile().build())
                .build();
        registry.breaker("partner").acquire().failure(new IOException("down"), 0);
        assertThat(lines.list).hasSize(1);
    }

    @Test
    void warnsOfAnOpeningWhereItWasDecided() {
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.CLUSTER, true));
        TransitionLog.write(moved(CLOSED, FORCED_OPEN, BreakerScope.CLUSTER, true));
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.INSTANCE, true));
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(WARN);
    }

    @Test
    void informsOfAnOpeningElsewhereAndOfAllOtherTransitions() {
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.CLUSTER, false));
        TransitionLog.write(moved(OPEN, CLOSED, BreakerScope.CLUSTER, true));
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(INFO);
    }

    @Test
    void saysForWhomTheTransitionHolds() {
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.INSTANCE, true));
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.CLUSTER, true));
        TransitionLog.write(moved(CLOSED, OPEN, BreakerScope.CLUSTER, false));
        assertThat(written())
                .containsExactly(
                        "WARN Circuit breaker 'offers' CLOSED -> OPEN on this instance: why",
                        "WARN Circuit breaker 'offers' CLOSED -> OPEN for all instances: why",
                        "INFO Circuit breaker 'offers' CLOSED -> OPEN as decided by another instance: why");
    }

    @Test
    void staysOnOneLineWhateverReasonAnOperatorGives() {
        LocalCircuit circuit = new LocalCircuit(LocalCircuit.fragile());
        circuit.breaker.forceOpen("migration\r\n2026-01-01 WARN all is well\u2028indeed", "ann\n", null);
        circuit.breaker.reset("once\nmore", "ann");
        assertThat(lines.list)
                .hasSize(1)
                .allSatisfy(line -> assertThat(line.getFormattedMessage()).doesNotContainPattern("\\R"));
    }
}
