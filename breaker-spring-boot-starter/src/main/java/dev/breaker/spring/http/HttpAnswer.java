package dev.breaker.spring.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Status and headers of an answer. Loaded only where spring-web is present. */
record HttpAnswer(int status, HttpHeaders headers) {

    private static final boolean WEB_CLIENT = ClassUtils.isPresent(
            "org.springframework.web.reactive.function.client.WebClientResponseException",
            HttpAnswer.class.getClassLoader());

    /** The answer that an exception of an HTTP client stands for, null if it is another exception. */
    static @Nullable HttpAnswer of(Throwable thrown) {
        if (thrown instanceof RestClientResponseException answer && !isSomebodysJudgement(thrown)) {
            HttpHeaders headers = answer.getResponseHeaders();
            return new HttpAnswer(answer.getStatusCode().value(), headers == null ? HttpHeaders.EMPTY : headers);
        }
        return WEB_CLIENT ? OfWebClient.of(thrown) : null;
    }

    /* Not what a client throws by itself, such as for the statuses that a gateway's route declares to be failures. */
    private static boolean isSomebodysJudgement(Throwable thrown) {
        return thrown instanceof HttpStatusCodeException
                && !(thrown instanceof HttpClientErrorException)
                && !(thrown instanceof HttpServerErrorException);
    }

    /** Loaded only where spring-webflux is present. */
    private static final class OfWebClient {

        static @Nullable HttpAnswer of(Throwable thrown) {
            return thrown instanceof WebClientResponseException answer
                    ? new HttpAnswer(answer.getStatusCode().value(), answer.getHeaders())
                    : null;
        }
    }
}
