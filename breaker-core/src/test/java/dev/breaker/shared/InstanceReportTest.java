package dev.breaker.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.breaker.shared.InstanceReport.Line;
import dev.breaker.shared.SharedState.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstanceReportTest {

    private static InstanceReport report(List<Line> lines) {
        return new InstanceReport("a", Duration.ZERO, lines, 0);
    }

    private static Line closed(String name, long calls) {
        return new Line(name, Kind.CLOSED, false, calls, 0, 0);
    }

    @Test
    void keepsTheIsolatedThenTheOpenThenTheBusiestCircuits() {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < InstanceReport.MOST_LINES + 100; i++) {
            lines.add(closed("c" + i, i));
        }
        lines.add(new Line("open", Kind.OPEN, false, 0, 0, 0));
        lines.add(new Line("isolated", Kind.HALF_OPEN, true, 0, 0, 0));

        InstanceReport bounded = report(lines).bounded();

        assertThat(bounded.lines())
                .hasSize(InstanceReport.MOST_LINES)
                .extracting(Line::breaker)
                .startsWith("isolated", "open", "c599", "c598")
                .endsWith("c102");
        assertThat(bounded.omitted()).isEqualTo(102);
        assertThat(bounded.bounded()).isEqualTo(bounded);
    }

    @Test
    void keepsNoMoreCharactersThanAllowed() {
        List<Line> lines = new ArrayList<>();
        for (int i = 100; i < 200; i++) {
            lines.add(closed("x".repeat(197) + i, i));
        }

        InstanceReport bounded = report(lines).bounded();

        assertThat(bounded.lines()).hasSize(70);
        assertThat(bounded.omitted()).isEqualTo(30);
    }

    @Test
    void saysWhatIsWrongWithAValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InstanceReport("", Duration.ZERO, List.of(), 0))
                .withMessage("Invalid instance (0 characters) of a report: must have 1 to 200.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> closed("x".repeat(201), 0))
                .withMessage("Invalid breaker (201 characters) of a report: must have 1 to 200.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> closed("partner", -1))
                .withMessage("Invalid calls (-1) of a report: must not be negative.");
    }
}
