package dev.breaker.spring.redis;

import dev.breaker.shared.WindowSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The names of a store's keys: {@code <prefix>:<namespace>:{<breaker>}:state}, {@code :permits}, {@code :override} and
 * {@code :window:<shape>}, of {@code <prefix>:<namespace>:instances}, and of its channel,
 * {@code <prefix>:<namespace>:changes:<database>}.
 *
 * <p>Namespace and breaker are percent-encoded but for letters, digits, dot, underscore and hyphen, so different names
 * never meet in one key and none can leave its hash tag: all keys of a breaker live in one slot of a Redis Cluster. The
 * channel names the database because Redis publishes across databases.
 */
final class RedisKeys {

    private final String root;

    private final String channel;

    RedisKeys(String prefix, String namespace, int database) {
        root = encode(prefix, ":") + ":" + encode(namespace, "") + ":";
        channel = root + "changes:" + database;
    }

    String state(String breaker) {
        return key(breaker, "state");
    }

    String permits(String breaker) {
        return key(breaker, "permits");
    }

    String override(String breaker) {
        return key(breaker, "override");
    }

    String window(String breaker, WindowSpec window) {
        return key(breaker, "window:" + shape(window));
    }

    /** What the instances tell of themselves; no breaker's key, as those have the name of one in braces. */
    String instances() {
        return root + "instances";
    }

    String channel() {
        return channel;
    }

    private String key(String breaker, String what) {
        return root + "{" + encode(breaker, "") + "}:" + what;
    }

    private static String shape(WindowSpec window) {
        return switch (window.kind()) {
            case COUNT -> "last" + window.size();
            case TIME -> window.size() + "x" + width(window.slot());
        };
    }

    private static String width(Duration slot) {
        long micros = slot.toNanos() / 1_000;
        return micros % 1_000 == 0 ? micros / 1_000 + "ms" : micros + "us";
    }

    /* An empty hash tag would be none; no other name is encoded as a lone percent sign. */
    private static String encode(String name, String alsoPlain) {
        if (name.isEmpty()) {
            return "%";
        }
        StringBuilder encoded = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isPlain(c) || alsoPlain.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
