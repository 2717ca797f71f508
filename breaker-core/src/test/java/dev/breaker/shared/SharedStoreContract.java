package dev.breaker.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.shared.SharedOverride.Mode;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every {@link SharedStore} must do. Each test has a breaker of its own, so one store may serve them all. Where time
 * matters the tests pass whether the store's clock stands still between operations or runs on.
 */
public abstract class SharedStoreContract {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final WindowSpec MINUTES = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(30));

    private final String breaker = "contract-" + UUID.randomUUID();

    /** The store under test, connected. */
    protected abstract SharedStore store();

    /** Lets the store's time pass. */
    protected abstract void advance(Duration time);

    @Nested
    class Sync {

        @Test
        void knowsAnUnknownBreakerAsClosedAtEpochZero() {
            SyncReply reply = read(MINUTES, "a");

            assertThat(reply.state().epoch()).isZero();
            assertThat(reply.state().kind()).isEqualTo(Kind.CLOSED);
            assertThat(reply.state().probes()).isEqualTo(Probes.NONE);
            assertThat(reply.totals()).isEqualTo(Totals.NONE);
            assertThat(reply.override()).isNull();
        }

        @Test
        void addsUpWhatTheInstancesReport() {
            sync("a", mixed(1, 0, 10, 4, 3));
            SyncReply reply = sync("b", mixed(1, 0, 5, 1, 0));

            assertCounts(reply, 15, 5, 3);
            assertCounts(read(MINUTES, "c"), 15, 5, 3);
        }

        @Test
        void countsARepeatedBatchOnce() {
            sync("a", failures(1, 0, 3));
            assertCounts(sync("a", failures(1, 0, 3)), 3, 3, 0);
            assertThat(read(MINUTES, "a").totals().streak()).isEqualTo(3);
        }

        @Test
        void countsARepeatedBatchOnceAfterBatchesOfOtherInstances() {
            sync("a", failures(1, 0, 3));
            sync("b", failures(1, 0, 2));
            sync("c", failures(7, 0, 1));

            assertCounts(sync("a", failures(1, 0, 3)), 6, 6, 0);
            assertCounts(sync("a", failures(2, 0, 1)), 7, 7, 0);
        }

        @Test
        void ignoresASequenceNumberBelowTheLastOne() {
            sync("a", failures(5, 0, 1));

            assertCounts(sync("a", failures(4, 0, 1)), 1, 1, 0);
        }

        @Test
        void dropsABatchOfAnEarlierEpoch() {
            sync("a", failures(1, 0, 1));
            SharedState open = open(LONG);

            SyncReply reply = sync("a", failures(2, 0, 9));

            assertThat(reply.state().epoch()).isEqualTo(open.epoch());
            assertCounts(reply, 0, 0, 0);
        }

        @Test
        void dropsABatchOfAnEpochThatTheStoreDoesNotKnow() {
            assertCounts(sync("a", failures(1, 99, 9)), 0, 0, 0);
        }

        @Test
        void countsABatchOfTheCurrentEpoch() {
            SharedState open = open(LONG);

            assertCounts(sync("a", failures(1, open.epoch(), 2)), 2, 2, 0);
        }

        @Test
        void changesNothingByReading() {
            sync("a", mixed(1, 0, 10, 4, 3));
            SyncReply first = read(MINUTES, "a");
            SyncReply second = read(MINUTES, "a");

            assertThat(second.totals()).isEqualTo(first.totals());
            assertCounts(sync("a", failures(2, 0, 1)), 11, 5, 3);
        }

        @Test
        void keepsWindowsOfDifferentShapeApart() {
            WindowSpec wider = new WindowSpec(WindowSpec.Kind.TIME, 20, Duration.ofSeconds(30));
            WindowSpec coarser = new WindowSpec(WindowSpec.Kind.TIME, 10, Duration.ofSeconds(60));
            WindowSpec byCount = new WindowSpec(WindowSpec.Kind.COUNT, 10, Duration.ZERO);
            sync("a", failures(1, 0, 3));

            assertCounts(read(wider, "a"), 0, 0, 0);
            assertCounts(read(coarser, "a"), 0, 0, 0);
            assertCounts(read(byCount, "a"), 0, 0, 0);
            assertCounts(read(MINUTES, "a"), 3, 3, 0);
        }
    }

    @Nested
    class WindowByTime {

        private final WindowSpec fourSeconds = new WindowSpec(WindowSpec.Kind.TIME, 20, Duration.ofMillis(200));

        @Test
        void putsAgedOutcomesIntoTheirSlotsAndLetsThemLeaveInTime() {
            Batch batch = slices(
                    1,
                    new Batch.Slice(Duration.ofMillis(3500), 5, 4, 3),
                    new Batch.Slice(Duration.ofMillis(100), 7, 2, 1));
            assertCounts(sync(fourSeconds, "a", batch), 12, 6, 4);

            advance(Duration.ofMillis(600));

            assertCounts(read(fourSeconds, "a"), 7, 2, 1);
            assertCounts(sync(fourSeconds, "a", slices(2, new Batch.Slice(Duration.ZERO, 1, 1, 0))), 8, 3, 1);
        }

        @Test
        void addsToASlotThatHasOutcomesAlready() {
            sync("a", mixed(1, 0, 10, 4, 3));
            assertCounts(sync("a", mixed(2, 0, 10, 4, 3)), 20, 8, 6);
        }

        @Test
        void doesNotCountOutcomesOlderThanTheWindow() {
            Batch batch = slices(
                    1,
                    new Batch.Slice(Duration.ofSeconds(5), 5, 4, 3),
                    new Batch.Slice(Duration.ofMillis(100), 7, 2, 1));

            assertCounts(sync(fourSeconds, "a", batch), 7, 2, 1);
        }

        @Test
        void startsOverAfterAGapLongerThanTheWindow() {
            WindowSpec short_ = new WindowSpec(WindowSpec.Kind.TIME, 4, Duration.ofMillis(50));
            sync(short_, "a", failures(1, 0, 5));

            advance(Duration.ofMillis(400));

            assertCounts(read(short_, "a"), 0, 0, 0);
            assertCounts(sync(short_, "a", failures(2, 0, 1)), 1, 1, 0);
        }

        @Test
        void losesNothingNewToWhatWasCountedBeforeSuchAGap() {
            WindowSpec seconds = new WindowSpec(WindowSpec.Kind.TIME, 4, Duration.ofMillis(500));
            sync(
                    seconds,
                    "a",
                    slices(
                            1,
                            new Batch.Slice(Duration.ZERO, 5, 5, 0),
                            new Batch.Slice(Duration.ofMillis(500), 5, 5, 0),
                            new Batch.Slice(Duration.ofMillis(1000), 5, 5, 0),
                            new Batch.Slice(Duration.ofMillis(1500), 5, 5, 0)));
            advance(Duration.ofMillis(2600));
            sync(seconds, "a", failures(2, 0, 3));

            advance(Duration.ofMillis(600));

            assertCounts(read(seconds, "a"), 3, 3, 0);
            assertCounts(sync(seconds, "a", failures(3, 0, 1)), 4, 4, 0);
        }

        @Test
        void stillCountsARepeatedBatchOnceAfterAGapLongerThanTheWindow() {
            WindowSpec short_ = new WindowSpec(WindowSpec.Kind.TIME, 4, Duration.ofMillis(50));
            sync(short_, "a", failures(1, 0, 5));

            advance(Duration.ofMillis(400));

            assertCounts(sync(short_, "a", failures(1, 0, 5)), 0, 0, 0);
        }
    }

    @Nested
    class WindowByCount {

        private final WindowSpec lastFive = new WindowSpec(WindowSpec.Kind.COUNT, 5, Duration.ZERO);

        @Test
        void keepsTheLastOutcomesOfAllInstances() {
            assertCounts(sync(lastFive, "a", outcomes(1, "sSfF")), 4, 2, 2);
            assertCounts(sync(lastFive, "b", outcomes(1, "s")), 5, 2, 2);
            assertCounts(sync(lastFive, "b", outcomes(2, "ff")), 5, 4, 1);
            assertCounts(sync(lastFive, "a", outcomes(2, "SSSSS")), 5, 0, 5);
            assertCounts(read(lastFive, "c"), 5, 0, 5);
        }

        @Test
        void countsARepeatedBatchOnce() {
            sync(lastFive, "a", outcomes(1, "fff"));

            assertCounts(sync(lastFive, "a", outcomes(1, "fff")), 3, 3, 0);
        }

        @Test
        void startsOverWithATransition() {
            sync(lastFive, "a", outcomes(1, "fffff"));
            open(LONG);

            assertCounts(read(lastFive, "a"), 0, 0, 0);
        }
    }

    @Nested
    class Streak {

        @Test
        void countsConsecutiveFailuresOfAllInstances() {
            sync("a", failures(1, 0, 2));

            assertThat(sync("b", failures(1, 0, 3)).totals().streak()).isEqualTo(5);
        }

        @Test
        void endsWithASuccess() {
            sync("a", failures(1, 0, 2));

            assertThat(sync("b", successes(1, 0, 1, Duration.ZERO)).totals().streak())
                    .isZero();
        }

        @Test
        void countsTheFailuresAfterTheLastSuccessOfABatch() {
            sync("a", failures(1, 0, 2));
            Batch batch = new Batch(1, 0, slice(5, 4), "", 3, Duration.ZERO, Duration.ZERO);

            assertThat(sync("b", batch).totals().streak()).isEqualTo(3);
        }

        @Test
        void survivesASuccessThatHappenedBeforeItAndIsReportedLate() {
            sync("a", failures(1, 0, 2));

            assertThat(sync("b", successes(1, 0, 1, Duration.ofSeconds(5)))
                            .totals()
                            .streak())
                    .isEqualTo(2);
        }

        @Test
        void leavesOutFailuresThatHappenedBeforeTheLastSuccessAndAreReportedLate() {
            sync("a", successes(1, 0, 1, Duration.ZERO));
            Batch late = new Batch(1, 0, slice(2, 2), "", 2, Duration.ofSeconds(5), null);

            assertThat(sync("b", late).totals().streak()).isZero();
        }

        @Test
        void startsOverWithATransition() {
            sync("a", failures(1, 0, 2));
            SharedState open = open(LONG);

            assertThat(read(MINUTES, "a").totals().streak()).isZero();
            assertThat(sync("a", failures(2, open.epoch(), 1)).totals().streak())
                    .isOne();
        }
    }

    @Nested
    class PeerSuccess {

        @Test
        void isUnknownAtFirstAndNeverTheAskersOwn() {
            assertThat(sync("a", successes(1, 0, 1, Duration.ZERO)).totals().peerSuccessAge())
                    .isNull();
            assertThat(sync("a", failures(2, 0, 1)).totals().peerSuccessAge()).isNull();
        }

        @Test
        void isTheLatestOfTheOtherInstances() {
            sync("a", successes(1, 0, 1, Duration.ofSeconds(50)));
            sync("b", successes(1, 0, 1, Duration.ofSeconds(10)));

            assertAge(read(MINUTES, "a").totals().peerSuccessAge(), Duration.ofSeconds(10));
            assertAge(read(MINUTES, "b").totals().peerSuccessAge(), Duration.ofSeconds(50));
            assertAge(read(MINUTES, "c").totals().peerSuccessAge(), Duration.ofSeconds(10));
        }

        @Test
        void isNotReplacedByAnEarlierOneThatIsReportedLate() {
            sync("a", successes(1, 0, 1, Duration.ofSeconds(10)));
            sync("b", successes(1, 0, 1, Duration.ofSeconds(50)));
            sync("a", successes(2, 0, 1, Duration.ofSeconds(100)));

            assertAge(read(MINUTES, "b").totals().peerSuccessAge(), Duration.ofSeconds(10));
            assertAge(read(MINUTES, "a").totals().peerSuccessAge(), Duration.ofSeconds(50));
        }

        @Test
        void getsOlderWithTime() {
            sync("a", successes(1, 0, 1, Duration.ofMillis(100)));
            advance(Duration.ofMillis(200));

            assertThat(read(MINUTES, "b").totals().peerSuccessAge()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }

        @Test
        void isForgottenWithATransition() {
            sync("a", successes(1, 0, 1, Duration.ZERO));
            open(LONG);

            assertThat(read(MINUTES, "b").totals().peerSuccessAge()).isNull();
        }
    }

    @Nested
    class Transition {

        @Test
        void entersTheNextState() {
            SharedState entered = transition(0, state(Kind.OPEN, LONG, 3, "a", "failure rate 50 % \u2265 50 %: {x}"));

            assertThat(entered.epoch()).isPositive();
            assertThat(entered.kind()).isEqualTo(Kind.OPEN);
            assertThat(entered.opens()).isEqualTo(3);
            assertThat(entered.instance()).isEqualTo("a");
            assertThat(entered.cause()).isEqualTo("failure rate 50 % \u2265 50 %: {x}");
            assertThat(entered.probes()).isEqualTo(Probes.NONE);
            assertRemaining(entered, LONG);
            assertThat(read(MINUTES, "b").state().epoch()).isEqualTo(entered.epoch());
        }

        @Test
        void givesEveryStayANewAndHigherEpoch() {
            long first = open(LONG).epoch();
            long second = transition(first, state(Kind.CLOSED, Duration.ZERO, 0, "a", ""))
                    .epoch();
            long third = transition(second, state(Kind.OPEN, LONG, 1, "a", "")).epoch();

            assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
        }

        @Test
        void refusesACallerWithAnOldEpochAndTellsTheStateThatHolds() {
            SharedState open = open(LONG);

            SharedState answer = transition(0, state(Kind.CLOSED, Duration.ZERO, 0, "late", "late"));

            assertThat(answer.epoch()).isEqualTo(open.epoch());
            assertThat(answer.kind()).isEqualTo(Kind.OPEN);
            assertThat(answer.instance()).isEqualTo("a");
        }

        @Test
        void letsOneOfManyConcurrentCallersWin() {
            List<CompletionStage<SharedState>> answers = IntStream.range(0, 16)
                    .parallel()
                    .mapToObj(i -> store().transition(breaker, 0, state(Kind.OPEN, LONG, 1, "caller-" + i, "")))
                    .toList();

            Set<SharedState> winners = Set.copyOf(answers.stream()
                    .map(SharedStoreContract::get)
                    .map(s -> new SharedState(
                            s.epoch(), s.kind(), LONG, LONG, s.opens(), s.instance(), s.cause(), s.probes()))
                    .toList());
            assertThat(winners).hasSize(1);
        }

        @Test
        void clearsTheWindow() {
            sync("a", mixed(1, 0, 10, 4, 3));
            open(LONG);

            assertThat(read(MINUTES, "a").totals()).isEqualTo(Totals.NONE);
        }

        @Test
        void clearsTheProbes() {
            SharedState halfOpen = halfOpen(1);
            SharedState reopened = transition(halfOpen.epoch(), state(Kind.OPEN, Duration.ZERO, 2, "a", ""));
            assertThat(reopened.probes()).isEqualTo(Probes.NONE);

            ProbeReply reply = permit("fresh", "b", LONG, 1);

            assertThat(reply.granted()).isTrue();
            assertThat(reply.state().probes()).isEqualTo(new Probes(1, 1, 0, 0, 0));
        }

        @Test
        void mayEnterAHalfOpenStayDirectlyAndLeavesTheLeasesOfTheLastOneBehind() {
            SharedState first = halfOpen(1);
            SharedState next = new SharedState(
                    0, Kind.HALF_OPEN, Duration.ZERO, LONG, 1, "a", "by itself", new Probes(2, 0, 0, 0, 0));

            SharedState second = transition(first.epoch(), next);

            assertThat(second.probes()).isEqualTo(new Probes(2, 0, 0, 0, 0));
            assertThat(read(MINUTES, "a").state().probes()).isEqualTo(new Probes(2, 0, 0, 0, 0));
            assertRemaining(second, LONG);
            assertThat(permit("l2", "a", LONG, 9).granted()).isTrue();
            assertThat(permit("l3", "a", LONG, 9).granted()).isTrue();
            assertThat(permit("l4", "a", LONG, 9).granted()).isFalse();
        }

        @Test
        void measuresTheStay() {
            open(Duration.ofSeconds(60));
            advance(Duration.ofMillis(200));

            SharedState state = read(MINUTES, "a").state();
            assertThat(state.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
            assertThat(state.remaining()).isLessThanOrEqualTo(Duration.ofMillis(59_800));
        }

        @Test
        void keepsNamesApart() {
            List<String> names = hostileNames();
            for (String name : names) {
                get(store().transition(name + breaker, 0, state(Kind.OPEN, LONG, 1, name, name)));
            }
            for (String name : names) {
                SharedState state =
                        get(store().sync(name + breaker, MINUTES, "a", null)).state();
                assertThat(state.instance()).isEqualTo(name);
                assertThat(state.cause()).isEqualTo(name);
            }
        }
    }

    @Nested
    class Permit {

        @Test
        void isDeniedWhileClosed() {
            ProbeReply reply = permit("l1", "a", LONG, 1);

            assertThat(reply.granted()).isFalse();
            assertThat(reply.state().kind()).isEqualTo(Kind.CLOSED);
        }

        @Test
        void isDeniedWhileTheWaitLastsAndTellsHowLong() {
            SharedState open = open(LONG);

            ProbeReply reply = permit("l1", "b", LONG, 1);

            assertThat(reply.granted()).isFalse();
            assertThat(reply.retryAfter()).isBetween(LONG.minus(SOON), LONG);
            assertThat(reply.state().epoch()).isEqualTo(open.epoch());
            assertThat(reply.state().kind()).isEqualTo(Kind.OPEN);
        }

        @Test
        void beginsTheHalfOpenStayWhenTheWaitIsOver() {
            SharedState open = open(Duration.ofMillis(50));
            advance(Duration.ofMillis(100));

            ProbeReply reply = get(store().permit(breaker, new ProbeRequest("l1", "b", LONG, 3, LONG)));

            assertThat(reply.granted()).isTrue();
            assertThat(reply.state().kind()).isEqualTo(Kind.HALF_OPEN);
            assertThat(reply.state().epoch()).isGreaterThan(open.epoch());
            assertThat(reply.state().opens()).isEqualTo(open.opens());
            assertThat(reply.state().instance()).isEqualTo("b");
            assertThat(reply.state().probes()).isEqualTo(new Probes(3, 1, 0, 0, 0));
            assertRemaining(reply.state(), LONG);
        }

        @Test
        void allowsAStayWithoutLimit() {
            assertThat(halfOpen(3).remaining()).isZero();
        }

        @Test
        void clearsTheWindowWhenItBeginsTheStay() {
            SharedState open = open(Duration.ZERO);
            sync("a", failures(1, open.epoch(), 2));

            SharedState halfOpen = permit("l1", "a", LONG, 1).state();

            SyncReply reply = read(MINUTES, "a");
            assertThat(reply.state().epoch()).isEqualTo(halfOpen.epoch());
            assertThat(reply.totals()).isEqualTo(Totals.NONE);
        }

        @Test
        void isGivenToAsManyAsTheStayAdmits() {
            open(Duration.ZERO);
            List<CompletionStage<ProbeReply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(store().permit(breaker, new ProbeRequest("l" + i, "i" + i % 4, LONG, 5, Duration.ZERO)));
            }

            assertThat(replies.stream().filter(r -> get(r).granted())).hasSize(5);
            ProbeReply denied = permit("late", "a", LONG, 99);
            assertThat(denied.granted()).isFalse();
            assertThat(denied.retryAfter()).isBetween(LONG.minus(SOON), LONG);
            assertThat(denied.state().probes()).isEqualTo(new Probes(5, 5, 0, 0, 0));
            assertThat(read(MINUTES, "a").state().probes()).isEqualTo(new Probes(5, 5, 0, 0, 0));
        }

        @Test
        void isTheSameLeaseWhenAskedForAgain() {
            open(Duration.ZERO);
            permit("l1", "a", LONG, 2);
            ProbeReply again = permit("l1", "a", LONG, 2);

            assertThat(again.granted()).isTrue();
            assertThat(again.state().probes().leased()).isOne();
            assertThat(permit("l2", "a", LONG, 2).granted()).isTrue();
            assertThat(permit("l1", "a", LONG, 2).granted()).isTrue();
            assertThat(permit("l3", "a", LONG, 2).granted()).isFalse();
        }

        @Test
        void comesBackWhenItsLeaseEnds() {
            open(Duration.ZERO);
            SharedState begun = permit("l1", "a", Duration.ofMillis(100), 1).state();
            advance(Duration.ofMillis(200));

            assertThat(read(MINUTES, "a").state().probes().leased()).isZero();
            ProbeReply reply = permit("l2", "b", LONG, 1);
            assertThat(reply.granted()).isTrue();
            assertThat(reply.state().epoch()).isEqualTo(begun.epoch());
        }

        @Test
        void isNotHeldLongerBecauseOthersAreDenied() {
            open(Duration.ZERO);
            permit("l1", "a", Duration.ofMillis(400), 1);
            for (int i = 0; i < 3; i++) {
                assertThat(permit("denied", "b", LONG, 1).granted()).isFalse();
            }
            advance(Duration.ofMillis(500));

            assertThat(permit("l2", "b", LONG, 1).granted()).isTrue();
        }
    }

    @Nested
    class HealthProbe {

        @Test
        void isDeniedWhileClosed() {
            ProbeReply reply = health("h1", "a", LONG);

            assertThat(reply.granted()).isFalse();
            assertThat(reply.state().epoch()).isZero();
        }

        @Test
        void isDeniedWhileTheWaitLastsAndTellsHowLong() {
            open(LONG);

            ProbeReply reply = health("h1", "a", LONG);

            assertThat(reply.granted()).isFalse();
            assertThat(reply.retryAfter()).isBetween(LONG.minus(SOON), LONG);
        }

        @Test
        void isLeasedToOneWhileTheCircuitStaysOpen() {
            SharedState open = open(Duration.ZERO);

            assertThat(health("h1", "a", LONG).granted()).isTrue();
            ProbeReply denied = health("h2", "b", LONG);

            assertThat(denied.granted()).isFalse();
            assertThat(denied.retryAfter()).isBetween(LONG.minus(SOON), LONG);
            assertThat(denied.state().kind()).isEqualTo(Kind.OPEN);
            assertThat(denied.state().epoch()).isEqualTo(open.epoch());
            assertThat(denied.state().probes()).isEqualTo(Probes.NONE);
            assertThat(read(MINUTES, "a").state().epoch()).isEqualTo(open.epoch());
        }

        @Test
        void isTheSameLeaseWhenAskedForAgain() {
            open(Duration.ZERO);
            health("h1", "a", LONG);

            assertThat(health("h1", "a", LONG).granted()).isTrue();
        }

        @Test
        void isLeasedToAnotherWhenTheLeaseEnds() {
            open(Duration.ZERO);
            health("h1", "killed", Duration.ofMillis(100));
            assertThat(health("h2", "b", LONG).granted()).isFalse();
            advance(Duration.ofMillis(200));

            assertThat(health("h2", "b", LONG).granted()).isTrue();
            assertThat(health("h3", "c", LONG).granted()).isFalse();
        }

        @Test
        void isLeasedToAnotherWhenItIsGivenBack() {
            SharedState open = open(Duration.ZERO);
            health("h1", "a", LONG);

            SharedState afterwards = complete(open.epoch(), "h1", ProbeOutcome.RETURNED);

            assertThat(afterwards.epoch()).isEqualTo(open.epoch());
            assertThat(health("h2", "b", LONG).granted()).isTrue();
        }

        @Test
        void staysLeasedIfAnEarlierStayGivesItBack() {
            SharedState open = open(Duration.ZERO);
            health("h1", "a", LONG);

            complete(open.epoch() - 1, "h1", ProbeOutcome.RETURNED);

            assertThat(health("h2", "b", LONG).granted()).isFalse();
        }

        @Test
        void countsNothingWhateverItsOutcome() {
            SharedState open = open(Duration.ZERO);
            health("h1", "a", LONG);
            complete(open.epoch(), "h1", ProbeOutcome.FAILURE);

            ProbeReply call = permit("l1", "a", LONG, 1);

            assertThat(call.granted()).isTrue();
            assertThat(call.state().probes()).isEqualTo(new Probes(1, 1, 0, 0, 0));
        }

        @Test
        void endsWithItsStay() {
            SharedState open = open(Duration.ZERO);
            health("h1", "a", LONG);
            transition(open.epoch(), state(Kind.OPEN, Duration.ZERO, 2, "a", "the health probe failed"));

            assertThat(health("h2", "b", LONG).granted()).isTrue();
        }

        @Test
        void isNotAmongTheProbesOfAHalfOpenStay() {
            open(Duration.ZERO);
            health("h1", "a", LONG);

            ProbeReply call = permit("l1", "b", LONG, 1);

            assertThat(call.granted()).isTrue();
            assertThat(call.state().probes()).isEqualTo(new Probes(1, 1, 0, 0, 0));
            assertThat(health("h2", "b", LONG).granted()).isFalse();
        }

        @Test
        void keepsACallFromBeginningTheHalfOpenStay() {
            SharedState open = open(Duration.ZERO);

            ProbeReply early = callIfHalfOpen("l1");

            assertThat(early.granted()).isFalse();
            assertThat(early.state().epoch()).isEqualTo(open.epoch());
            SharedState halfOpen = new SharedState(
                    0, Kind.HALF_OPEN, Duration.ZERO, LONG, 1, "a", "probed", new Probes(1, 0, 0, 0, 0));
            transition(open.epoch(), halfOpen);
            assertThat(callIfHalfOpen("l1").granted()).isTrue();
            assertThat(callIfHalfOpen("l2").granted()).isFalse();
        }

        private ProbeReply callIfHalfOpen(String lease) {
            return get(store().permit(
                            breaker,
                            new ProbeRequest(
                                    ProbeRequest.Purpose.CALL_IF_HALF_OPEN, lease, "a", LONG, 1, Duration.ZERO)));
        }
    }

    @Nested
    class Complete {

        @Test
        void countsEveryOutcome() {
            long epoch = halfOpen(5).epoch();
            for (int i = 2; i <= 5; i++) {
                permit("l" + i, "a", LONG, 5);
            }
            complete(epoch, "l1", ProbeOutcome.SUCCESS);
            complete(epoch, "l2", ProbeOutcome.SLOW_SUCCESS);
            complete(epoch, "l3", ProbeOutcome.FAILURE);
            SharedState state = complete(epoch, "l4", ProbeOutcome.SLOW_FAILURE);

            assertThat(state.probes()).isEqualTo(new Probes(5, 1, 2, 2, 2));
            assertThat(state.epoch()).isEqualTo(epoch);
            assertThat(permit("l6", "a", LONG, 5).granted()).isFalse();
        }

        @Test
        void countsAProbeOnce() {
            long epoch = halfOpen(2).epoch();
            complete(epoch, "l1", ProbeOutcome.FAILURE);

            assertThat(complete(epoch, "l1", ProbeOutcome.FAILURE).probes()).isEqualTo(new Probes(2, 0, 0, 1, 0));
        }

        @Test
        void givesAReturnedPermitToTheNext() {
            long epoch = halfOpen(1).epoch();

            assertThat(complete(epoch, "l1", ProbeOutcome.RETURNED).probes()).isEqualTo(new Probes(1, 0, 0, 0, 0));
            assertThat(permit("l2", "b", LONG, 1).granted()).isTrue();
        }

        @Test
        void ignoresAnUnknownLease() {
            SharedState halfOpen = halfOpen(2);

            assertThat(complete(halfOpen.epoch(), "nobody's", ProbeOutcome.FAILURE)
                            .probes())
                    .isEqualTo(new Probes(2, 1, 0, 0, 0));
        }

        @Test
        void ignoresALeaseThatHasEnded() {
            open(Duration.ZERO);
            long epoch = permit("l1", "a", Duration.ofMillis(100), 2).state().epoch();
            advance(Duration.ofMillis(200));

            assertThat(complete(epoch, "l1", ProbeOutcome.FAILURE).probes()).isEqualTo(new Probes(2, 0, 0, 0, 0));
        }

        @Test
        void ignoresAnotherEpoch() {
            SharedState halfOpen = halfOpen(2);

            assertThat(complete(halfOpen.epoch() - 1, "l1", ProbeOutcome.FAILURE)
                            .probes())
                    .isEqualTo(new Probes(2, 1, 0, 0, 0));
        }

        @Test
        void ignoresAProbeOfAStayThatIsOver() {
            SharedState halfOpen = halfOpen(2);
            SharedState closed = transition(halfOpen.epoch(), state(Kind.CLOSED, Duration.ZERO, 0, "a", ""));

            SharedState answer = complete(halfOpen.epoch(), "l1", ProbeOutcome.FAILURE);

            assertThat(answer.epoch()).isEqualTo(closed.epoch());
            assertThat(answer.kind()).isEqualTo(Kind.CLOSED);
            assertThat(answer.probes()).isEqualTo(Probes.NONE);
        }
    }

    @Nested
    class Adopt {

        @Test
        void putsALostStateBackWithItsEpoch() {
            SharedState adopted = adopt(known(77, Kind.OPEN, LONG), null);

            assertThat(adopted.epoch()).isEqualTo(77);
            assertThat(adopted.kind()).isEqualTo(Kind.OPEN);
            assertThat(adopted.opens()).isEqualTo(2);
            assertThat(adopted.instance()).isEqualTo("survivor");
            assertThat(adopted.cause()).isEqualTo("lost");
            assertThat(adopted.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertRemaining(adopted, LONG);
            assertThat(read(MINUTES, "a").state().epoch()).isEqualTo(77);
        }

        @Test
        void keepsAStateThatIsAsNewOrNewer() {
            SharedState open = open(LONG);

            assertThat(adopt(known(open.epoch() - 1, Kind.CLOSED, Duration.ZERO), null)
                            .kind())
                    .isEqualTo(Kind.OPEN);
            assertThat(adopt(known(open.epoch(), Kind.CLOSED, Duration.ZERO), null)
                            .kind())
                    .isEqualTo(Kind.OPEN);
            assertThat(adopt(known(open.epoch() + 1, Kind.CLOSED, Duration.ZERO), null)
                            .kind())
                    .isEqualTo(Kind.CLOSED);
        }

        @Test
        void turnsAHalfOpenStateIntoAnOpenOneWhoseWaitIsOver() {
            SharedState adopted = adopt(
                    new SharedState(77, Kind.HALF_OPEN, LONG, LONG, 2, "survivor", "lost", new Probes(5, 2, 1, 1, 0)),
                    null);

            assertThat(adopted.kind()).isEqualTo(Kind.OPEN);
            assertThat(adopted.epoch()).isEqualTo(77);
            assertThat(adopted.remaining()).isZero();
            assertThat(adopted.probes()).isEqualTo(Probes.NONE);
            ProbeReply reply = permit("l1", "a", LONG, 1);
            assertThat(reply.granted()).isTrue();
            assertThat(reply.state().epoch()).isGreaterThan(77);
        }

        @Test
        void letsTheNextTransitionGoOn() {
            adopt(known(77, Kind.OPEN, LONG), null);

            SharedState closed = transition(77, state(Kind.CLOSED, Duration.ZERO, 0, "a", ""));

            assertThat(closed.kind()).isEqualTo(Kind.CLOSED);
            assertThat(closed.epoch()).isGreaterThan(77);
        }

        @Test
        void putsALostOverrideBackWithItsVersion() {
            SharedOverride lost = new SharedOverride(88, Mode.DISABLED, "why", "who", Duration.ofSeconds(5), LONG);
            adopt(SharedState.initial(), lost);

            SharedOverride found = read(MINUTES, "a").override();
            assertThat(found.version()).isEqualTo(88);
            assertThat(found.mode()).isEqualTo(Mode.DISABLED);
            assertThat(found.reason()).isEqualTo("why");
            assertThat(found.actor()).isEqualTo("who");
            assertThat(found.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(found.remaining()).isBetween(LONG.minus(SOON), LONG);
        }

        @Test
        void keepsAnOverrideThatIsAsNewOrNewer() {
            SharedOverride held = override(Mode.FORCED_OPEN, null);
            adopt(SharedState.initial(), new SharedOverride(held.version(), Mode.DISABLED, "", "", LONG, null));
            assertThat(read(MINUTES, "a").override().mode()).isEqualTo(Mode.FORCED_OPEN);

            adopt(SharedState.initial(), new SharedOverride(held.version() + 1, Mode.NONE, "", "", LONG, null));
            assertThat(read(MINUTES, "a").override().mode()).isEqualTo(Mode.NONE);
        }
    }

    @Nested
    class Overrides {

        @Test
        void isRememberedWithWhoAndWhy() {
            SharedOverride set = override(Mode.FORCED_OPEN, null);

            SharedOverride found = read(MINUTES, "a").override();
            assertThat(found.version()).isEqualTo(set.version()).isPositive();
            assertThat(found.mode()).isEqualTo(set.mode()).isEqualTo(Mode.FORCED_OPEN);
            assertThat(found.reason()).isEqualTo(set.reason()).isEqualTo("maintenance \u00e4 100 %");
            assertThat(found.actor()).isEqualTo(set.actor()).isEqualTo("operator");
            assertThat(found.remaining()).isNull();
        }

        @Test
        void isAsOldAsWhoDecidedSays() {
            Duration age = Duration.ofSeconds(40);
            SharedOverride late = new SharedOverride(0, Mode.FORCED_OPEN, "maintenance", "operator", age, null);
            assertThat(get(store().override(breaker, late)).elapsed()).isBetween(age, age.plus(SOON));
            assertThat(read(MINUTES, "a").override().elapsed()).isBetween(age, age.plus(SOON));
        }

        @Test
        void standsAboveTheStateAndLeavesItAlone() {
            SharedState open = open(LONG);
            override(Mode.DISABLED, null);

            assertThat(read(MINUTES, "a").state().epoch()).isEqualTo(open.epoch());
            transition(open.epoch(), state(Kind.CLOSED, Duration.ZERO, 0, "a", ""));
            assertThat(read(MINUTES, "a").override().mode()).isEqualTo(Mode.DISABLED);
        }

        @Test
        void getsAHigherVersionWithEveryChange() {
            long first = override(Mode.FORCED_OPEN, null).version();
            long second = override(Mode.METRICS_ONLY, LONG).version();
            long third = override(Mode.NONE, null).version();
            long fourth = override(Mode.FORCED_OPEN, null).version();

            assertThat(List.of(first, second, third, fourth)).isSorted().doesNotHaveDuplicates();
        }

        @Test
        void endsByItselfWhenItExpires() {
            SharedOverride set = override(Mode.FORCED_OPEN, Duration.ofMillis(100));
            assertThat(set.remaining()).isLessThanOrEqualTo(Duration.ofMillis(100));
            advance(Duration.ofMillis(200));

            SharedOverride ended = read(MINUTES, "a").override();
            assertThat(ended).isNotNull();
            assertThat(ended.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
            assertThat(ended.mode()).isEqualTo(Mode.NONE);
            assertThat(ended.version()).isGreaterThanOrEqualTo(set.version());
        }

        @Test
        void isRememberedWhenAnOperatorEndsIt() {
            override(Mode.FORCED_OPEN, null);
            SharedOverride ended = override(Mode.NONE, null);

            SharedOverride found = read(MINUTES, "a").override();
            assertThat(found.mode()).isEqualTo(Mode.NONE);
            assertThat(found.version()).isEqualTo(ended.version());
        }
    }

    @Nested
    class Subscribers {

        private final List<SharedState> states = new CopyOnWriteArrayList<>();
        private final List<SharedOverride> overrides = new CopyOnWriteArrayList<>();
        private final AtomicInteger subscriptions = new AtomicInteger();

        private void subscribe() {
            store().subscribe(new SharedStoreListener() {
                @Override
                public void stateChanged(String name, SharedState state) {
                    if (name.equals(breaker)) {
                        states.add(state);
                    }
                }

                @Override
                public void overrideChanged(String name, SharedOverride override) {
                    if (name.equals(breaker)) {
                        overrides.add(override);
                    }
                }

                @Override
                public void subscribed() {
                    subscriptions.incrementAndGet();
                }
            });
            await().atMost(SOON).until(() -> subscriptions.get() > 0);
        }

        @Test
        void areToldOfTheSubscription() {
            subscribe();

            assertThat(subscriptions).hasPositiveValue();
        }

        @Test
        void areToldOfATransition() {
            subscribe();
            SharedState open = open(LONG);

            await().atMost(SOON).until(() -> states.size() == 1);
            SharedState told = states.get(0);
            assertThat(told.epoch()).isEqualTo(open.epoch());
            assertThat(told.kind()).isEqualTo(Kind.OPEN);
            assertThat(told.opens()).isEqualTo(open.opens());
            assertThat(told.instance()).isEqualTo(open.instance());
            assertThat(told.cause()).isEqualTo(open.cause());
            assertRemaining(told, LONG);
        }

        @Test
        void areToldOfAHalfOpenStay() {
            subscribe();
            SharedState halfOpen = halfOpen(3);

            await().atMost(SOON).until(() -> states.size() == 2);
            assertThat(states.get(1).epoch()).isEqualTo(halfOpen.epoch());
            assertThat(states.get(1).kind()).isEqualTo(Kind.HALF_OPEN);
            assertThat(states.get(1).probes().permitted()).isEqualTo(3);
        }

        @Test
        void areNotToldOfARefusedTransition() {
            subscribe();
            SharedState open = open(LONG);
            transition(0, state(Kind.CLOSED, Duration.ZERO, 0, "late", ""));
            transition(open.epoch(), state(Kind.CLOSED, Duration.ZERO, 0, "b", ""));

            await().atMost(SOON).until(() -> states.size() == 2);
            assertThat(states).extracting(SharedState::instance).containsExactly("a", "b");
        }

        @Test
        void areToldOfAnOverride() {
            subscribe();
            SharedOverride set = override(Mode.FORCED_OPEN, LONG);
            SharedOverride ended = override(Mode.NONE, null);

            await().atMost(SOON).until(() -> overrides.size() == 2);
            assertThat(overrides).extracting(SharedOverride::version).containsExactly(set.version(), ended.version());
            assertThat(overrides.get(0).reason()).isEqualTo(set.reason());
            assertThat(overrides.get(0).remaining()).isBetween(LONG.minus(SOON), LONG);
            assertThat(overrides.get(1).remaining()).isNull();
        }

        @Test
        void areToldOfWhatIsPutBack() {
            subscribe();
            adopt(
                    known(77, Kind.OPEN, LONG),
                    new SharedOverride(88, Mode.DISABLED, "why", "who", Duration.ofSeconds(5), LONG));

            await().atMost(SOON).until(() -> states.size() == 1 && overrides.size() == 1);
            assertThat(states.get(0).epoch()).isEqualTo(77);
            assertRemaining(states.get(0), LONG);
            assertThat(overrides.get(0).version()).isEqualTo(88);
            assertThat(overrides.get(0).mode()).isEqualTo(Mode.DISABLED);
        }
    }

    @Nested
    class Names {

        @ParameterizedTest
        @MethodSource("dev.breaker.shared.SharedStoreContract#hostileNames")
        void mayBeAnything(String name) {
            String hostile = name + breaker;
            get(store().override(hostile, new SharedOverride(0, Mode.FORCED_OPEN, name, name, Duration.ZERO, null)));
            get(store().sync(hostile, MINUTES, name, failures(1, 0, 2)));
            SyncReply reply = get(store().sync(hostile, MINUTES, name, failures(1, 0, 2)));

            assertCounts(reply, 2, 2, 0);
            assertThat(reply.override().reason()).isEqualTo(name);
        }

        @Test
        void ofInstancesDoNotCollideWithAnythingElse() {
            for (String instance : List.of("", "v", "c", "0", "e", "i:", "a b", "a:1")) {
                sync(instance, failures(1, 0, 1));
                sync(instance, failures(1, 0, 1));
            }
            assertCounts(read(MINUTES, "x"), 8, 8, 0);
        }
    }

    static List<String> hostileNames() {
        return List.of(
                "a:b",
                "a",
                "a:b:state",
                "{a}",
                "a}",
                "{",
                "*",
                "a*",
                "?[a-z]",
                "a b",
                "a%20b",
                "a%3Ab",
                "\u00fcn\u00ef\u4e2d\u6587\ud83d\ude00",
                "\"'\\",
                "x".repeat(200));
    }

    @Nested
    class Reports {

        @Test
        void areSeenByAll() {
            List<InstanceReport.Line> lines = List.of(
                    new InstanceReport.Line("partner", Kind.OPEN, true, 12, 3, Long.MAX_VALUE),
                    new InstanceReport.Line("a b%20+\u00e4\ud83d\ude00:{x}*' OPEN 1", Kind.HALF_OPEN, false, 0, 0, 0));
            tell("a", lines, LONG);
            tell("b", List.of(), LONG);

            assertThat(told("a").lines()).containsExactlyElementsOf(lines);
            assertThat(told("a").omitted()).isZero();
            assertAge(told("a").age(), Duration.ZERO);
            assertThat(told("b").lines()).isEmpty();
        }

        @Test
        void replaceWhatTheInstanceToldBefore() {
            tell("a", lines(3), LONG);
            tell("a", lines(2), LONG);

            assertThat(told("a").lines()).hasSize(2);
        }

        @Test
        void growOldAndAreForgotten() {
            tell("kept", List.of(), LONG);
            tell("a", List.of(), Duration.ofMillis(300));
            advance(Duration.ofMillis(320));

            assertThat(ids()).doesNotContain(id("a"));
            assertAge(told("kept").age(), Duration.ofMillis(300));
        }

        @Test
        void areForgottenAtOnceWhenAnInstanceLeaves() {
            tell("a", List.of(), LONG);
            tell("b", List.of(), LONG);
            tell("a", List.of(), Duration.ZERO);
            tell("unknown", List.of(), Duration.ZERO);

            assertThat(ids()).contains(id("b")).doesNotContain(id("a"), id("unknown"));
        }

        @Test
        void areBounded() {
            tell("a", lines(InstanceReport.MOST_LINES + 7), LONG);

            assertThat(told("a").lines()).hasSize(InstanceReport.MOST_LINES);
            assertThat(told("a").omitted()).isEqualTo(7);
        }

        @Test
        void areManyAtATime() {
            for (int i = 0; i < 50; i++) {
                tell("i" + i, lines(1), LONG);
            }
            assertThat(ids())
                    .contains(IntStream.range(0, 50).mapToObj(i -> id("i" + i)).toArray(String[]::new));
        }

        private List<InstanceReport.Line> lines(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> new InstanceReport.Line("c" + i, Kind.CLOSED, false, i, 0, 0))
                    .toList();
        }

        private void tell(String instance, List<InstanceReport.Line> lines, Duration ttl) {
            get(store().report(new InstanceReport(id(instance), LONG, lines, 0), ttl));
        }

        private String id(String instance) {
            return breaker + " % " + instance;
        }

        private List<String> ids() {
            return get(store().reports()).stream().map(InstanceReport::instance).toList();
        }

        private InstanceReport told(String instance) {
            return get(store().reports()).stream()
                    .filter(report -> report.instance().equals(id(instance)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private SharedState open(Duration remaining) {
        return transition(0, state(Kind.OPEN, remaining, 1, "a", "failure rate 60 %"));
    }

    private SharedState halfOpen(int permitted) {
        open(Duration.ZERO);
        return permit("l1", "a", LONG, permitted).state();
    }

    private SyncReply read(WindowSpec window, String instance) {
        return get(store().sync(breaker, window, instance, null));
    }

    private SyncReply sync(String instance, Batch batch) {
        return sync(MINUTES, instance, batch);
    }

    private SyncReply sync(WindowSpec window, String instance, Batch batch) {
        return get(store().sync(breaker, window, instance, batch));
    }

    private SharedState transition(long expected, SharedState next) {
        return get(store().transition(breaker, expected, next));
    }

    private ProbeReply permit(String lease, String instance, Duration term, int permitted) {
        return get(store().permit(breaker, new ProbeRequest(lease, instance, term, permitted, Duration.ZERO)));
    }

    private ProbeReply health(String lease, String instance, Duration term) {
        return get(store().permit(breaker, ProbeRequest.health(lease, instance, term)));
    }

    private SharedState complete(long epoch, String lease, ProbeOutcome outcome) {
        return get(store().complete(breaker, epoch, lease, outcome));
    }

    private SharedState adopt(SharedState state, SharedOverride override) {
        return get(store().adopt(breaker, state, override));
    }

    private SharedOverride override(Mode mode, Duration remaining) {
        return get(store().override(
                        breaker,
                        new SharedOverride(0, mode, "maintenance \u00e4 100 %", "operator", Duration.ZERO, remaining)));
    }

    private static SharedState state(Kind kind, Duration remaining, int opens, String instance, String cause) {
        return new SharedState(0, kind, Duration.ZERO, remaining, opens, instance, cause, Probes.NONE);
    }

    private static SharedState known(long epoch, Kind kind, Duration remaining) {
        return new SharedState(epoch, kind, Duration.ofSeconds(5), remaining, 2, "survivor", "lost", Probes.NONE);
    }

    private static Batch failures(long sequence, long epoch, int failures) {
        return new Batch(sequence, epoch, slice(failures, failures), "", failures, Duration.ZERO, null);
    }

    private static Batch successes(long sequence, long epoch, int calls, Duration successAge) {
        List<Batch.Slice> slices = List.of(new Batch.Slice(successAge, calls, 0, 0));
        return new Batch(sequence, epoch, slices, "", 0, Duration.ZERO, successAge);
    }

    /** The failures first, then the successes. */
    private static Batch mixed(long sequence, long epoch, int calls, int failures, int slow) {
        List<Batch.Slice> slices = List.of(new Batch.Slice(Duration.ZERO, calls, failures, slow));
        return new Batch(sequence, epoch, slices, "", 0, Duration.ZERO, Duration.ZERO);
    }

    private static Batch slices(long sequence, Batch.Slice... slices) {
        return new Batch(sequence, 0, List.of(slices), "", 1, Duration.ZERO, Duration.ZERO);
    }

    private static Batch outcomes(long sequence, String outcomes) {
        return new Batch(sequence, 0, List.of(), outcomes, 0, Duration.ZERO, Duration.ZERO);
    }

    private static List<Batch.Slice> slice(int calls, int failures) {
        return List.of(new Batch.Slice(Duration.ZERO, calls, failures, 0));
    }

    private static void assertCounts(SyncReply reply, long calls, long failures, long slow) {
        assertThat(List.of(
                        reply.totals().calls(),
                        reply.totals().failures(),
                        reply.totals().slow()))
                .as("calls, failures, slow")
                .containsExactly(calls, failures, slow);
    }

    private static void assertRemaining(SharedState state, Duration atMost) {
        assertThat(state.remaining()).isBetween(atMost.minus(SOON), atMost);
    }

    private static void assertAge(Duration age, Duration atLeast) {
        assertThat(age).isBetween(atLeast, atLeast.plus(SOON));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
