package dev.breaker.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class RetryAfterTest {

    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    private static Duration asked(String retryAfter) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Retry-After", retryAfter);
        return RetryAfter.in(headers, NOON);
    }

    private static Duration asked(String retryAfter, String sent) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Retry-After", retryAfter);
        headers.set("Date", sent);
        return RetryAfter.in(headers, NOON);
    }

    @Test
    void isNotThereWithoutTheHeader() {
        assertThat(RetryAfter.in(new HttpHeaders(), NOON)).isNull();
    }

    @Test
    void isANumberOfSeconds() {
        assertThat(asked("120")).isEqualTo(Duration.ofMinutes(2));
        assertThat(asked(" 5 ")).isEqualTo(Duration.ofSeconds(5));
        assertThat(asked("0")).isZero();
    }

    @Nested
    class ADate {

        @Test
        void isComparedWithTheDateOfTheAnswer() {
            assertThat(asked("Sat, 21 Nov 2026 03:01:00 GMT", "Sat, 21 Nov 2026 03:00:00 GMT"))
                    .isEqualTo(Duration.ofMinutes(1));
        }

        @ParameterizedTest
        @ValueSource(strings = {"yesterday", "", "0"})
        void isComparedWithTheClockIfThatIsGarbage(String sent) {
            assertThat(asked("Sat, 21 Nov 2026 12:01:00 GMT", sent)).isEqualTo(Duration.ofMinutes(1));
        }

        @Test
        void isComparedWithTheClockOtherwise() {
            assertThat(asked("Sat, 21 Nov 2026 12:01:00 GMT")).isEqualTo(Duration.ofMinutes(1));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Saturday, 21-Nov-26 12:01:00 GMT", "Sat Nov 21 12:01:00 2026"})
        void mayHaveAnObsoleteFormat(String date) {
            assertThat(asked(date)).isEqualTo(Duration.ofMinutes(1));
        }

        @Test
        void mayBeOver() {
            assertThat(asked("Sat, 21 Nov 2026 11:59:00 GMT")).isNegative();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "-5",
                "-500",
                "1.5",
                "1e3",
                "5s",
                "0x10",
                "٣٠",
                "9999999999999999999",
                "99999999999999999999999999999999999999",
                "Sat, 99 Nov 2026 12:00:00 GMT",
                "2026-11-21T12:01:00Z"
            })
    void isNotThereIfItCannotBeUnderstood(String garbage) {
        assertThat(asked(garbage)).isNull();
    }
}
