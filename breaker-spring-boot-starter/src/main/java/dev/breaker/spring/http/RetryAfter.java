package dev.breaker.spring.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Reads the header {@code Retry-After}. */
final class RetryAfter {

    /* More digits than these would be longer than any duration can be. */
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

    private RetryAfter() {}

    /**
     * The time that a header asks for, null if there is none that can be understood; not positive if that time is over.
     *
     * @param clock tells the time where the answer does not say when it was sent
     */
    static @Nullable Duration in(HttpHeaders headers, InstantSource clock) {
        String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
        if (value == null) {
            return null;
        }
        if (SECONDS.matcher(value.strip()).matches()) {
            return Duration.ofSeconds(Long.parseLong(value.strip()));
        }
        Instant until = date(headers, HttpHeaders.RETRY_AFTER);
        if (until == null) {
            return null;
        }
        Instant sent = date(headers, HttpHeaders.DATE);
        return Duration.between(sent == null ? clock.instant() : sent, until);
    }

    private static @Nullable Instant date(HttpHeaders headers, String name) {
        try {
            ZonedDateTime date = headers.getFirstZonedDateTime(name);
            return date == null ? null : date.toInstant();
        } catch (IllegalArgumentException noDate) {
            return null;
        }
    }
}
