package dev.breaker.spring.http;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Rules about the HTTP answers that {@code RestClient}, {@code RestTemplate}, {@code WebClient} and HTTP interfaces over them
 * throw as exceptions. Circuits have them by default; a classifier of one's own may use them too:
 *
 * <pre>{@code
 * OutcomeRules.builder()
 *         .ignoreUnlessRecorded(HttpAnswers::isClientError)
 *         .retryAfter(HttpAnswers::retryAfter)
 *         .build();
 * }</pre>
 *
 * <p>Other exceptions are not judged, nor are causes. Works without these clients on the class path.
 */
public final class HttpAnswers {

    private static final boolean PRESENT = ClassUtils.isPresent(
            "org.springframework.web.client.RestClientResponseException", HttpAnswers.class.getClassLoader());

    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private HttpAnswers() {}

    /**
     * Whether the partner has answered that the request is wrong, which says nothing against the partner: status 400 to 499
     * except 408 (Request Timeout), 425 (Too Early) and 429 (Too Many Requests).
     */
    public static boolean isClientError(Throwable thrown) {
        HttpAnswer answer = PRESENT ? HttpAnswer.of(thrown) : null;
        if (answer == null || answer.status() < 400 || answer.status() > 499) {
            return false;
        }
        return answer.status() != REQUEST_TIMEOUT
                && answer.status() != TOO_EARLY
                && answer.status() != TOO_MANY_REQUESTS;
    }

    /**
     * How long an answer 429 or 503 asks to be left alone by its {@code Retry-After}, in seconds or as a date (RFC 9110, section
     * 10.2.3). A date is compared with the {@code Date} of the same answer, so that it does not matter how clocks differ; with
     * the clock of this machine if the answer has none.
     *
     * @return null if it is not such an answer, has no such header or one that cannot be understood
     */
    public static @Nullable Duration retryAfter(Throwable failure) {
        HttpAnswer answer = PRESENT ? HttpAnswer.of(failure) : null;
        if (answer == null || (answer.status() != TOO_MANY_REQUESTS && answer.status() != SERVICE_UNAVAILABLE)) {
            return null;
        }
        return RetryAfter.in(answer.headers(), InstantSource.system());
    }
}
