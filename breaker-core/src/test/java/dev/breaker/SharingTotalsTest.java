package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.FaultyStore.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SharingTotalsTest {

    private final Cluster cluster = new Cluster(1, BreakerConfig.builder());

    private SharingTotals totals() {
        return cluster.node(0).registry.exchanges();
    }

    @Test
    void areZeroWithoutAStore() {
        LocalCircuit local = new LocalCircuit(BreakerConfig.builder());
        local.fails(3).afterSeconds(5);
        assertThat(local.registry.exchanges()).isEqualTo(new SharingTotals(0, 0, Duration.ZERO));
    }

    @Test
    void countAnsweredExchangesOfAllCircuits() {
        cluster.node(0).registry.breaker("other");
        cluster.afterSeconds(20);
        assertThat(totals()).isEqualTo(new SharingTotals(cluster.store.count("sync"), 0, Duration.ZERO));
        assertThat(totals().answered()).isGreaterThan(30);
    }

    @Test
    void addUpHowLongTheAnswersTook() {
        Cluster slow = new Cluster(0, BreakerConfig.builder());
        slow.store.fault = Fault.HELD;
        BreakerRegistry registry = slow.join().registry;
        slow.after(Duration.ofMillis(120));
        slow.store.proceed();
        assertThat(registry.exchanges()).isEqualTo(new SharingTotals(1, 0, Duration.ofMillis(120)));
    }

    @Test
    void countRefusedExchangesApart() {
        cluster.afterSeconds(1);
        long answered = totals().answered();
        cluster.store.fault = Fault.DOWN;
        long before = cluster.store.count("sync");
        cluster.afterSeconds(20);
        assertThat(totals())
                .isEqualTo(new SharingTotals(answered, cluster.store.count("sync") - before, Duration.ZERO));
        assertThat(totals().failed()).isPositive();
    }

    @Test
    void countAnExchangeWithoutAnAnswerInTimeAsFailedOnly() {
        Cluster hung = new Cluster(0, BreakerConfig.builder());
        hung.store.fault = Fault.HELD;
        BreakerRegistry registry = hung.join().registry;
        hung.afterSeconds(10);
        assertThat(registry.exchanges().failed()).isZero();
        hung.after(Duration.ofMillis(100));
        assertThat(registry.exchanges().failed()).isEqualTo(1);
        hung.store.proceed();
        assertThat(registry.exchanges()).isEqualTo(new SharingTotals(0, 1, Duration.ZERO));
    }

    @Test
    void doNotCountOtherOperations() {
        cluster.afterSeconds(1);
        cluster.store.affected = "override"::equals;
        cluster.store.fault = Fault.DOWN;
        cluster.node(0).breaker.forceOpen("", "ann", null);
        assertThat(cluster.store.count("override")).isPositive();
        assertThat(totals().failed()).isZero();
    }
}
