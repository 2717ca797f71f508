package dev.breaker.spring.browser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks the Chrome DevTools Protocol over a browser's pipes: JSON, each message ended by a zero byte. */
final class DevTools {

    private static final long SECONDS_FOR_AN_ANSWER = 30;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> questions = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<JsonNode>> listeners = new CopyOnWriteArrayList<>();
    private final OutputStream out;

    DevTools(InputStream in, OutputStream out) {
        this.out = out;
        Thread reader = new Thread(() -> read(in), "devtools");
        reader.setDaemon(true);
        reader.start();
    }

    /** Is told every event, in the thread that reads. */
    void addListener(Consumer<JsonNode> listener) {
        listeners.add(listener);
    }

    /**
     * Sends a command and waits for the answer.
     *
     * @param session of which tab, empty for the browser
     */
    JsonNode send(String session, String method, Map<String, ?> parameters) {
        int number = numbers.incrementAndGet();
        ObjectNode message =
                JsonMapper.shared().createObjectNode().put("id", number).put("method", method);
        message.set("params", JsonMapper.shared().valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        questions.put(number, answer);
        write(message);
        JsonNode reply =
                answer.orTimeout(SECONDS_FOR_AN_ANSWER, TimeUnit.SECONDS).join();
        if (reply.has("error")) {
            throw new IllegalStateException(method + " " + parameters + ": " + reply.get("error"));
        }
        return reply.path("result");
    }

    private synchronized void write(JsonNode message) {
        try {
            out.write(message.toString().getBytes(StandardCharsets.UTF_8));
            out.write(0);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The browser is gone", e);
        }
    }

    private void read(InputStream in) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        try {
            for (int length; (length = in.read(buffer)) >= 0; ) {
                for (int i = 0; i < length; i++) {
                    if (buffer[i] == 0) {
                        received(JsonMapper.shared().readTree(message.toByteArray()));
                        message.reset();
                    } else {
                        message.write(buffer[i]);
                    }
                }
            }
            throw new IOException("The browser has ended");
        } catch (IOException ended) {
            questions.values().forEach(question -> question.completeExceptionally(ended));
        }
    }

    private void received(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> question =
                    questions.remove(message.get("id").asInt());
            if (question != null) {
                question.complete(message);
            }
        } else {
            listeners.forEach(listener -> listener.accept(message));
        }
    }
}
