package dev.breaker.spring.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tab of a browser, used as a person does: by mouse and keyboard. */
public final class Tab {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DevTools devTools;
    private final String session;
    private final List<String> errors = new CopyOnWriteArrayList<>();

    Tab(DevTools devTools, String session) {
        this.devTools = devTools;
        this.session = session;
        devTools.addListener(this::listen);
        List.of("Page.enable", "Runtime.enable", "Log.enable").forEach(this::send);
        size(1440, 900);
    }

    /** Makes it as large as a screen, in CSS pixels. */
    public Tab size(int width, int height) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        return this;
    }

    /** Makes the reader prefer a dark page, or a light one. */
    public Tab dark(boolean dark) {
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        send("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
        return this;
    }

    /** Makes the timers of the pages that are opened from now on go off so many times earlier. */
    public Tab hurry(int times) {
        String script = "const slow = setTimeout; window.setTimeout = (what, ms) => slow(what, ms / " + times + ");";
        send("Page.addScriptToEvaluateOnNewDocument", Map.of("source", "{" + script + "}"));
        return this;
    }

    /** Closes it. */
    public void close() {
        send("Page.close");
    }

    /** Goes to an address. */
    public Tab open(String url) {
        JsonNode answer = send("Page.navigate", Map.of("url", url));
        if (answer.has("errorText")) {
            throw new IllegalStateException(url + ": " + answer.get("errorText").asString());
        }
        return await("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /** Loads the page anew. */
    public Tab reload() {
        evaluate("window.isOld = true");
        send("Page.reload", Map.of());
        return await("!window.isOld && document.readyState === 'complete'");
    }

    /** What an expression yields; a promise is waited for. */
    public JsonNode evaluate(String expression) {
        JsonNode answer =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Waits until an expression is true. */
    public Tab await(String expression) {
        return await(expression, PATIENCE);
    }

    /** Waits until an expression is true, for that long at most. */
    public Tab await(String expression, Duration patience) {
        Awaitility.await(expression)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> evaluate("Boolean(" + expression + ")").asBoolean());
        return this;
    }

    /** Waits until the first element that fits is there and says that text, among others. */
    public Tab awaitText(String selector, String text) {
        return await(element(selector) + "?.innerText.includes(" + quoted(text) + ")");
    }

    /** The visible text of the first element that fits. */
    public String text(String selector) {
        return evaluate(element(selector) + ".innerText").asString();
    }

    /** Whether there is an element that fits and can be seen. */
    public boolean isVisible(String selector) {
        return evaluate("Boolean(" + element(selector) + "?.checkVisibility())").asBoolean();
    }

    /** How many elements fit. */
    public int count(String selector) {
        return evaluate("document.querySelectorAll(" + quoted(selector) + ").length")
                .asInt();
    }

    /** Clicks on the first element that fits, in its middle, once it stands still and nothing covers it; then the mouse goes away. */
    public Tab click(String selector) {
        await(element(selector) + "?.checkVisibility()");
        evaluate(element(selector) + ".scrollIntoView({block: 'center', behavior: 'instant'}); window.stood = null");
        await(
                "(one => (box => { const stood = window.stood; window.stood = JSON.stringify(box); return stood === window.stood"
                        + " && one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); })"
                        + "(one.getBoundingClientRect()))(" + element(selector) + ")");
        JsonNode place = evaluate("(box => ({x: box.x + box.width / 2, y: box.y + box.height / 2}))("
                + element(selector) + ".getBoundingClientRect())");
        double x = place.get("x").asDouble();
        double y = place.get("y").asDouble();
        for (String type : List.of("mousePressed", "mouseReleased")) {
            send("Input.dispatchMouseEvent", Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
        }
        send("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", 0, "y", 0));
        return this;
    }

    /** Types a text where the focus is. */
    public Tab type(String text) {
        send("Input.insertText", Map.of("text", text));
        return this;
    }

    /** Presses a key: a character, or a name such as {@code Enter}, {@code Tab}, {@code ArrowDown}. */
    public Tab press(String key) {
        int code = switch (key) {
            case "Enter" -> 13;
            case "Tab" -> 9;
            case "Escape" -> 27;
            case "ArrowUp" -> 38;
            case "ArrowDown" -> 40;
            case "/" -> 191;
            default -> key.codePointAt(0);
        };
        String text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
        for (String type : List.of("keyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "windowsVirtualKeyCode",
                            code,
                            "text",
                            type.equals("keyDown") ? text : ""));
        }
        return this;
    }

    /** Keeps a picture of what can be seen. */
    public Tab screenshot(Path file) {
        String picture = send("Page.captureScreenshot", Map.of("format", "png"))
                .get("data")
                .asString();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(picture));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console has said of scripts that failed or were not allowed; answers that are no success are not among it. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Forgets the errors so far, which were meant to be. */
    public void forgetErrors() {
        errors.clear();
    }

    private void listen(JsonNode event) {
        if (!event.path("sessionId").asString("").equals(session)) {
            return;
        }
        JsonNode details = event.path("params");
        switch (event.path("method").asString()) {
            case "Runtime.exceptionThrown" ->
                errors.add(details.path("exceptionDetails").toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(details.path("type").asString())) {
                    errors.add(details.path("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                JsonNode entry = details.path("entry");
                if (entry.path("level").asString().equals("error")
                        && !entry.path("source").asString().equals("network")) {
                    errors.add(entry.toString());
                }
            }
            default -> {}
        }
    }

    private static String element(String selector) {
        return "document.querySelector(" + quoted(selector) + ")";
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    private void send(String method) {
        send(method, Map.of());
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        return devTools.send(session, method, parameters);
    }
}
