package dev.breaker.spring.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The Lua scripts of {@code META-INF/breaker}, one per operation, each with {@code common.lua} in front of it and, if it changes
 * a state or an override, with {@code writing.lua} between them.
 */
enum Script {
    SYNC("common"),
    TRANSITION("common", "writing"),
    PERMIT("common", "writing"),
    COMPLETE("common", "writing"),
    ADOPT("common", "writing"),
    OVERRIDE("common", "writing"),
    REPORT("common"),
    REPORTS("common");

    private final String source;

    private final String sha1;

    Script(String... preludes) {
        source = Arrays.stream(preludes).map(Script::load).collect(Collectors.joining())
                + load(name().toLowerCase(Locale.ROOT));
        sha1 = sha1(source);
    }

    String source() {
        return source;
    }

    /** The name by which a server knows the script once it has seen the source. */
    String sha1() {
        return sha1;
    }

    private static String load(String name) {
        String path = "/META-INF/breaker/" + name + ".lua";
        try (InputStream resource = Script.class.getResourceAsStream(path)) {
            if (resource == null) {
                throw new IllegalStateException("Missing resource " + path);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }
}
