package dev.breaker.sample.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tile of a configuration of monitoror, looked at as monitoror does: a status of 200 to 399 is good, a key has to be there,
 * a regular expression has to be found, and its group, if it has one, is what the tile shows.
 *
 * @param label what stands on it
 * @param type HTTP-STATUS, HTTP-FORMATTED or HTTP-RAW
 * @param params where to look for what
 */
record MonitororTile(String label, String type, JsonNode params) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Whether a tile is green, and what it shows. */
    record Look(String label, boolean green, String value) {}

    static List<MonitororTile> in(String configuration) {
        return StreamSupport.stream(
                        JSON.readTree(configuration).required("tiles").spliterator(), false)
                .map(tile -> new MonitororTile(
                        tile.required("label").asString(), tile.required("type").asString(), tile.required("params")))
                .toList();
    }

    Look look() throws InterruptedException {
        try {
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(params.required("url").asString()))
                            .build(),
                    BodyHandlers.ofString());
            if (response.statusCode() < 200 || response.statusCode() > 399) {
                return new Look(label, false, "status code " + response.statusCode());
            }
            return look(response.body());
        } catch (IOException e) {
            return new Look(label, false, "unable to get");
        }
    }

    private Look look(String body) {
        return switch (type) {
            case "HTTP-STATUS" -> new Look(label, true, "");
            case "HTTP-RAW" -> match(body);
            case "HTTP-FORMATTED" -> {
                JsonNode value = value(body);
                yield value.isMissingNode() ? new Look(label, false, "unable to lookup") : match(value.asString());
            }
            default -> throw new IllegalArgumentException("monitoror has no tile of type " + type);
        };
    }

    private JsonNode value(String body) {
        if (!params.required("format").asString().equals("JSON")) {
            throw new IllegalArgumentException("The sample speaks JSON, not " + params.required("format"));
        }
        JsonNode value = JSON.readTree(body);
        for (String name : params.required("key").asString().substring(1).split("\\.", -1)) {
            value = value.path(name);
        }
        return value;
    }

    private Look match(String content) {
        if (!params.has("regex")) {
            return new Look(label, true, content);
        }
        Matcher matcher = Pattern.compile(params.get("regex").asString()).matcher(content);
        boolean found = matcher.find();
        return new Look(label, found, found && matcher.groupCount() > 0 ? matcher.group(1) : content);
    }
}
