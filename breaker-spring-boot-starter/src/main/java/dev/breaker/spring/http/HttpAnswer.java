package dev.breaker.spring.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Status and headers of an answer. Loaded only where spring-web is present. */
record HttpAnswer(int status, HttpHeaders headers) {

    private static final boolean WEB_CLIENT = ClassUtils.isPresent(
            "org.springframework.web.reactive.function.client.WebClientResponseException",
            HttpAnswer.class.getClassLoader());

    /** The answer that an exception of an HTTP client stands for, null if it is another exception. */
    static @Nullable HttpAnswer of(Throwable thrown) {
        if (thrown instanceof RestClientResponseException answer) {
            HttpHeaders headers = answer.getResponseHeaders();
            return new HttpAnswer(answer.getStatusCode().value(), headers == null ? HttpHeaders.EMPTY : headers);
        }
        return WEB_CLIENT ? OfWebClient.of(thrown) : null;
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
