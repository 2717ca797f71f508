package dev.breaker.spring.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page as one document: markup, style and script, and a policy that lets the browser run no other script. */
final class DashboardPage {

    private static final String PLACE = "/META-INF/breaker/dashboard/";

    private DashboardPage() {}

    static String read() {
        String style = part("style.css");
        String script = Stream.of(
                        "history.js", "charts.js", "words.js", "rows.js", "sides.js", "decision.js", "page.js")
                .map(DashboardPage::part)
                .collect(Collectors.joining());
        String policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                + "style-src " + hash(style) + "; script-src " + hash(script);
        return part("page.html")
                .replace("{{policy}}", policy)
                .replace("{{style}}", style)
                .replace("{{script}}", script);
    }

    private static String part(String name) {
        try (InputStream in = DashboardPage.class.getResourceAsStream(PLACE + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
