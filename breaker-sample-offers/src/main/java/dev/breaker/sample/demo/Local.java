package dev.breaker.sample.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the parts of the demo. One that is not up is not asked; nothing is thrown, and no answer is null. */
final class Local {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What a part answers. */
    CompletableFuture<@Nullable JsonNode> get(Part part, String path, Duration patience) {
        return send(part, HttpRequest.newBuilder(uri(part, path)), patience);
    }

    /** What a part answers to a JSON document. */
    CompletableFuture<@Nullable JsonNode> post(Part part, String path, String json, Duration patience) {
        return send(
                part,
                HttpRequest.newBuilder(uri(part, path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)),
                patience);
    }

    /* The request's own time-out ends at the first byte of the answer. */
    private CompletableFuture<@Nullable JsonNode> send(Part part, HttpRequest.Builder request, Duration patience) {
        if (part.condition() != Part.Condition.UP) {
            return CompletableFuture.completedFuture(null);
        }
        return http.sendAsync(request.timeout(patience).build(), BodyHandlers.ofString())
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, fault) -> answer == null || answer.statusCode() != 200 ? null : json(answer.body()));
    }

    private static @Nullable JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static URI uri(Part part, String path) {
        return URI.create("http://127.0.0.1:" + part.port() + path);
    }
}
