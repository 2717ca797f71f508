package dev.breaker;

import static dev.breaker.BreakerState.CLOSED;
import static dev.breaker.BreakerState.FORCED_OPEN;
import static dev.breaker.BreakerState.METRICS_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Decisions of an operator between here and the store, when time passes on the way. */
class SentOverridesTest {

    private static final Duration WAY = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Cluster cluster = new Cluster(2, BreakerConfig.builder());
    private final Breaker breaker = cluster.node(0).breaker;

    SentOverridesTest() {
        cluster.store.affected = "override"::equals;
        cluster.afterSeconds(1);
    }

    private String ends() {
        cluster.after(MINUTE);
        assertThat(cluster.states()).containsOnly(CLOSED);
        return cluster.announced().stream()
                .filter(event -> event.to() == CLOSED)
                .map(BreakerEvent.Transition::cause)
                .reduce((one, another) -> one + " and " + another)
                .orElse("nobody tells");
    }

    @Test
    void endIsToldByTheSetterThoughTheMessageComesBeforeTheReply() {
        cluster.store.fault = Fault.HELD;
        breaker.forceOpen("maintenance", "ann", MINUTE);
        cluster.after(WAY);
        cluster.store.proceed();
        assertThat(cluster.states()).containsOnly(FORCED_OPEN);
        assertThat(ends()).isEqualTo("override by ann expired: maintenance");
    }

    @Test
    void endIsToldByTheSetterThoughTheReplyIsLostAndTheNextAnswerTellsOfIt() {
        cluster.store.deaf = true;
        Node late = new Node("late", cluster.ticker, new LateWithoutReply(), BreakerConfig.defaults());
        cluster.nodes.add(late);
        late.breaker.forceOpen("maintenance", "ann", MINUTE);
        cluster.afterSeconds(5);
        assertThat(cluster.states()).containsOnly(FORCED_OPEN);
        assertThat(cluster.store.count("override")).isOne();
        assertThat(ends()).isEqualTo("override by ann expired: maintenance");
        assertThat(late.transitions).last().matches(BreakerEvent.Transition::announcer);
    }

    /** Takes its time for an override, and says then that it failed. */
    private final class LateWithoutReply extends InterceptedStore {

        LateWithoutReply() {
            super(cluster.store);
        }

        @Override
        <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
            if (!operation.equals("override")) {
                return real.get();
            }
            cluster.after(WAY);
            return real.get()
                    .thenCompose(reply -> CompletableFuture.failedFuture(new IllegalStateException("timed out")));
        }
    }

    @Test
    void goesOnCountingThoughTheMessageComesBeforeTheReply() {
        cluster.store.fault = Fault.HELD;
        breaker.metricsOnly("watching", "ann", null);
        cluster.node(0).fails(3).succeeds(1);
        cluster.after(WAY);
        cluster.store.proceed();
        assertThat(cluster.states()).containsOnly(METRICS_ONLY);
        assertThat(breaker.snapshot().counts().calls()).isEqualTo(4);
    }

    @Test
    void isToldAgainIfOnlyAnEarlierOneWithTheSameReasonArrived() {
        cluster.store.fault = Fault.HELD;
        breaker.forceOpen("maintenance", "ann", MINUTE);
        cluster.after(WAY);
        cluster.store.fault = Fault.DOWN;
        breaker.forceOpen("maintenance", "ann", MINUTE.multipliedBy(60));
        cluster.after(WAY);
        cluster.store.proceed();
        assertThat(expiry(0)).isGreaterThan(MINUTE);
        cluster.afterSeconds(5);
        assertThat(expiry(0)).isGreaterThan(MINUTE).isEqualTo(expiry(1));
    }

    private Duration expiry(int node) {
        return Objects.requireNonNull(
                Objects.requireNonNull(cluster.node(node).breaker.snapshot().override())
                        .expiresIn());
    }

    @Test
    void isStillOnesOwnThoughItWasSentTwice() {
        SlowStore decisions = new SlowStore(cluster.store);
        SlowStore exchanges = new SlowStore(decisions);
        Node setter = new Node("setter", cluster.ticker, exchanges, BreakerConfig.defaults());
        cluster.nodes.add(setter);
        cluster.afterSeconds(1);
        cluster.store.deaf = true;
        exchanges.slow.add("sync");
        setter.fails(1);
        cluster.after(WAY.multipliedBy(4));
        decisions.slow.add("override");
        setter.breaker.forceOpen("maintenance", "ann", MINUTE);
        exchanges.release();
        decisions.release();
        cluster.afterSeconds(2);
        assertThat(cluster.states()).containsOnly(FORCED_OPEN);
        assertThat(cluster.store.count("override")).isEqualTo(2);
        assertThat(ends()).isEqualTo("override by ann expired: maintenance");
        assertThat(setter.transitions).last().matches(BreakerEvent.Transition::announcer);
    }

    @Test
    void isNotTakenForWhatAnotherInstanceDecidesAlikeMuchLater() {
        cluster.store.affected = any -> true;
        cluster.store.fault = Fault.DOWN;
        breaker.forceOpen("maintenance", "ann", null);
        cluster.afterSeconds(1);
        breaker.release("over", "ann");
        cluster.afterSeconds(10);
        cluster.store.fault = Fault.NONE;
        cluster.node(1).breaker.forceOpen("maintenance", "ann", null);
        cluster.afterSeconds(5);
        assertThat(cluster.states()).containsOnly(FORCED_OPEN);
    }

    @Test
    void endsForAllThoughItExpiresBeforeTheStoreIsTold() {
        cluster.node(1).breaker.forceOpen("maintenance", "bob", null);
        cluster.afterSeconds(1);
        cluster.store.affected = any -> true;
        cluster.store.fault = Fault.DOWN;
        breaker.disable("drill", "ann", MINUTE);
        cluster.after(MINUTE.plusSeconds(5));
        assertThat(breaker.state()).isEqualTo(CLOSED);
        cluster.store.fault = Fault.NONE;
        cluster.afterSeconds(40);
        assertThat(cluster.states()).containsOnly(CLOSED);
    }

    @Test
    void givesWayToWhatAnotherInstanceDecidedLater() {
        cluster.store.fault = Fault.DOWN;
        breaker.forceOpen("maintenance", "ann", MINUTE);
        cluster.after(WAY);
        cluster.store.fault = Fault.NONE;
        cluster.node(1).breaker.metricsOnly("maintenance", "ann", MINUTE);
        cluster.afterSeconds(5);
        assertThat(cluster.states()).containsOnly(METRICS_ONLY);
    }
}
