package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.InstanceReport.Line;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerTotalsTest {

    private final PeerTotals totals = new PeerTotals("partner"::equals);

    private Totals at(int second, int toldAt, long calls) {
        Line line = new Line("partner", Kind.CLOSED, false, calls, 2 * calls, 3 * calls);
        Duration age = Duration.ofSeconds(second - toldAt);
        return totals.at(Duration.ofSeconds(second).toNanos(), new InstanceReport("peer", age, List.of(line), 0))
                .get("partner");
    }

    @Test
    void areTheFirstThatWereTold() {
        assertThat(at(12, 10, 100)).isEqualTo(new Totals(100, 200, 300));
    }

    @Test
    void growEvenlyFromReportToReport() {
        at(10, 10, 100);
        assertThat(at(15, 15, 150)).isEqualTo(new Totals(100, 200, 300));
        assertThat(at(17, 15, 150)).isEqualTo(new Totals(120, 240, 360));
        assertThat(at(20, 15, 150)).isEqualTo(new Totals(150, 300, 450));
        assertThat(at(29, 15, 150)).isEqualTo(new Totals(150, 300, 450));
        assertThat(at(31, 30, 300)).isEqualTo(new Totals(150, 300, 450));
        assertThat(at(32, 30, 300)).isEqualTo(new Totals(160, 320, 480));
    }

    @Test
    void makeNoLeapWhenAReportIsHeardLate() {
        at(10, 10, 100);
        assertThat(at(19, 15, 150)).isEqualTo(new Totals(100, 200, 300));
        assertThat(at(21, 15, 150)).isEqualTo(new Totals(120, 240, 360));
        assertThat(at(22, 20, 200)).isEqualTo(new Totals(130, 260, 390));
        assertThat(at(23, 20, 200)).isEqualTo(new Totals(144, 288, 432));
    }

    @Test
    void stayWhileTheInstanceTellsOfOthersOnly() {
        at(10, 10, 100);
        InstanceReport others = new InstanceReport("peer", Duration.ZERO, List.of(), 1);
        assertThat(totals.at(Duration.ofSeconds(15).toNanos(), others)).containsOnlyKeys("partner");
        assertThat(at(20, 20, 110)).isEqualTo(new Totals(100, 200, 300));
    }

    @Test
    void beginAnewWithTheCircuit() {
        at(10, 10, 100);
        assertThat(at(16, 15, 7)).isEqualTo(new Totals(7, 14, 21));
    }
}
