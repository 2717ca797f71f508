package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.BreakerState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HealthProbeTest {

    private final CheckedPartner partner = new CheckedPartner();

    @AfterEach
    void nothingBrokeDuringAnyCheck() {
        partner.assertNothingBroke();
    }

    private BreakerConfig.Builder probed() {
        return LocalCircuit.fragile().healthProbe(partner).exponentialBackoffMultiplier(2);
    }

    private LocalCircuit open(BreakerConfig.Builder config) {
        return new LocalCircuit(config).fails(1);
    }

    private static OutcomeClassifier askingFor(Duration pause) {
        return new OutcomeClassifier() {
            @Override
            public Outcome classify(Object result, Throwable thrown) {
                return Outcome.FAILURE;
            }

            @Override
            public Duration retryAfter(Throwable failure) {
                return pause;
            }
        };
    }

    @Nested
    class WhenTheWaitIsOver {

        @Test
        void asksThePartnerWithoutACall() {
            LocalCircuit circuit = open(probed()).after(Duration.ofMillis(29_999));
            assertThat(partner.checks).isZero();
            circuit.after(Duration.ofMillis(1));
            assertThat(partner.checks).isOne();
        }

        @Test
        void asksAfterTheWaitThatThePartnerAskedFor() {
            open(probed().classifier(askingFor(Duration.ofSeconds(40)))).afterSeconds(39);
            assertThat(partner.checks).isZero();
        }

        @Test
        void admitsNoCallBeforeOrWhileOrAfterThePartnerIsAsked() {
            LocalCircuit circuit = open(probed());
            assertThat(circuit.rejects()).isTrue();
            partner.during = () -> {
                assertThat(circuit.state()).isEqualTo(OPEN);
                assertThat(circuit.rejects()).isTrue();
                assertThat(circuit.breaker.tryAcquireAsync()).isCompletedWithValue(null);
            };
            circuit.afterSeconds(30);
            assertThat(partner.checks).isOne();
            assertThat(circuit.rejects()).isTrue();
        }

        @Test
        void takesNoNoticeOfTheAutomaticTransition() {
            LocalCircuit circuit = open(probed().automaticTransition(true)).afterSeconds(31);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(partner.checks).isOne();
        }

        @Test
        void leavesItToCallsWhenTheRegistryHasBeenClosed() {
            LocalCircuit circuit = open(probed());
            circuit.registry.close();
            circuit.afterSeconds(30);
            assertThat(partner.checks).isZero();
            assertThat(circuit.rejects()).isFalse();
        }
    }

    @Nested
    class Success {

        @Test
        void closesTheCircuit() {
            partner.down = false;
            LocalCircuit circuit = open(probed()).afterSeconds(30);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.counts().calls()).isZero();
            assertThat(circuit.transitions.get(1).cause()).isEqualTo("the health probe succeeded");
        }

        @Test
        void letsCallsDecideIfSoConfigured() {
            partner.down = false;
            LocalCircuit circuit = open(probed().healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN))
                    .afterSeconds(30);
            assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            assertThat(circuit.succeeds(2).state()).isEqualTo(CLOSED);
        }

        @Test
        void isFollowedByAnotherProbeIfTheCallsFail() {
            partner.down = false;
            LocalCircuit circuit = open(probed().healthProbeResult(BreakerConfig.HealthProbeResult.HALF_OPEN))
                    .afterSeconds(30);
            circuit.fails(1);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(1));
            assertThat(circuit.afterSeconds(60).state()).isEqualTo(HALF_OPEN);
            assertThat(partner.checks).isEqualTo(2);
        }
    }

    @Nested
    class Failure {

        @Test
        void keepsTheCircuitOpenForTheNextWaitOfTheSchedule() {
            LocalCircuit circuit = open(probed()).afterSeconds(30);
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(1));
            circuit.afterSeconds(60);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(2));
            assertThat(partner.checks).isEqualTo(2);
        }

        @Test
        void isNoTransitionButIsRemembered() {
            LocalCircuit circuit = open(probed()).afterSeconds(30);
            assertThat(circuit.transitions)
                    .extracting(BreakerEvent.Transition::to)
                    .containsExactly(OPEN);
            assertThat(circuit.breaker.snapshot().lastFailure()).isEqualTo("IOException: still down");
            assertThat(circuit.breaker.snapshot().cause())
                    .isEqualTo("the health probe failed: IOException: still down");
        }

        @Test
        void keepsTheCircuitOpenForAsLongAsThePartnerAsks() {
            LocalCircuit circuit = open(probed().classifier(askingFor(Duration.ofSeconds(70))));
            circuit.afterSeconds(70);
            assertThat(partner.checks).isOne();
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(70));
        }

        @Test
        void keepsTheCircuitOpenForNoLessThanItsWait() {
            LocalCircuit circuit = open(probed().classifier(askingFor(Duration.ofSeconds(1))));
            circuit.afterSeconds(30);
            assertThat(partner.checks).isOne();
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(1));
        }

        @Test
        void mayBeAnyThrowable() {
            partner.during = () -> {
                throw new LinkageError("broken");
            };
            LocalCircuit circuit = open(probed()).afterSeconds(30);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(1));
            circuit.afterSeconds(60);
            assertThat(partner.checks).isEqualTo(2);
        }
    }

    @Nested
    class HungCheck {

        @Test
        void hasFailedWhenTheLeaseIsOver() {
            partner.down = false;
            LocalCircuit circuit = open(probed());
            partner.during = () -> {
                circuit.after(Duration.ofMillis(9_999));
                assertThat(circuit.timeLeftOpen()).isZero();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                circuit.after(Duration.ofMillis(1));
                assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofMinutes(1));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            };
            circuit.afterSeconds(30);
            assertThat(circuit.breaker.snapshot().lastFailure())
                    .isEqualTo("TimeoutException: no result after 10000 ms");
            assertThat(circuit.state()).isEqualTo(OPEN);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }

        @Test
        void keepsTheNextOneWaitingUntilItEnds() {
            LocalCircuit circuit = open(probed());
            partner.during = () -> {
                partner.down = false;
                circuit.afterSeconds(10 + 60 + 5);
                assertThat(circuit.timeLeftOpen()).isZero();
                assertThat(partner.checks).isOne();
            };
            circuit.afterSeconds(30);
            assertThat(partner.checks).isOne();
            circuit.afterSeconds(1);
            assertThat(partner.checks).isEqualTo(2);
            assertThat(circuit.state()).isEqualTo(CLOSED);
        }

        @Test
        void leavesProbingToCallsWhileItDoesNotEnd() {
            LocalCircuit circuit = open(probed());
            partner.during = () -> {
                circuit.after(Duration.ofMillis(10_000 + 59_999));
                assertThat(circuit.rejects()).isTrue();
                circuit.after(Duration.ofMillis(1));
                assertThat(circuit.rejects()).isFalse();
                assertThat(circuit.succeeds(2).state()).isEqualTo(CLOSED);
            };
            circuit.afterSeconds(30);
            assertThat(partner.checks).isOne();
        }

        @Test
        void doesNotReplaceTheAutomaticTransitionWhileItDoesNotEnd() {
            LocalCircuit circuit = open(probed().automaticTransition(true));
            partner.during = () -> {
                circuit.afterSeconds(10 + 60 + 1);
                assertThat(circuit.state()).isEqualTo(HALF_OPEN);
            };
            circuit.afterSeconds(30);
            assertThat(partner.checks).isOne();
        }

        @Test
        void isToldOfOnceAndOnceForEachStayThatIsLeftToCalls() {
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
            LocalCircuit circuit = open(probed());
            partner.during = () -> {
                circuit.afterSeconds(10 + 60 + 5).fails(1).afterSeconds(120 + 5);
                assertThat(circuit.rejects()).isFalse();
            };
            lines.start();
            logger.addAppender(lines);
            circuit.afterSeconds(30);
            logger.detachAppender(lines);
            assertThat(lines.list)
                    .filteredOn(line -> line.getLevel() == Level.WARN)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .filteredOn(line -> line.contains("give the check a time-out of its own"))
                    .extracting(line -> line.substring(0, line.indexOf("'partner'")))
                    .containsExactly(
                            "The health probe of circuit breaker ",
                            "Calls probe the partner of circuit breaker ",
                            "Calls probe the partner of circuit breaker ");
        }
    }

    @Nested
    class Operator {

        @Test
        void whoOverridesTheCircuitHoldsTheProbesToo() {
            LocalCircuit circuit = open(probed());
            circuit.breaker.forceOpen("maintenance", "ops", null);
            circuit.afterSeconds(60);
            assertThat(partner.checks).isZero();
            circuit.breaker.release("done", "ops");
            assertThat(circuit.rejects()).isTrue();
            circuit.afterSeconds(1);
            assertThat(partner.checks).isOne();
        }

        @Test
        void whoOverridesTheCircuitMeanwhileIsNotOverruled() {
            partner.down = false;
            LocalCircuit circuit = open(probed());
            partner.during = () -> circuit.breaker.forceOpen("maintenance", "ops", null);
            circuit.afterSeconds(30);
            assertThat(circuit.state()).isEqualTo(FORCED_OPEN);
            assertThat(circuit.breaker.snapshot().automaticState()).isEqualTo(CLOSED);
        }

        @Test
        void whoResetsTheCircuitMeanwhileIsNotOverruled() {
            LocalCircuit circuit = open(probed());
            partner.during = () -> circuit.breaker.reset("repaired", "ops");
            circuit.afterSeconds(30);
            assertThat(circuit.state()).isEqualTo(CLOSED);
            assertThat(circuit.fails(1).state()).isEqualTo(OPEN);
            assertThat(circuit.timeLeftOpen()).isEqualTo(Duration.ofSeconds(30));
        }
    }
}
