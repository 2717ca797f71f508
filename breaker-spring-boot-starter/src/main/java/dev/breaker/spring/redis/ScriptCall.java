package dev.breaker.spring.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One script with its keys and arguments, in the order of the script's head comment. */
final class ScriptCall {

    /* A hundred years: the sum with a server's time stays below 2^53, where Lua's numbers are still exact. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Script script;

    private final List<byte[]> keys = new ArrayList<>();

    private final List<byte[]> arguments = new ArrayList<>();

    ScriptCall(Script script) {
        this.script = script;
    }

    ScriptCall key(String key) {
        keys.add(bytes(key));
        return this;
    }

    ScriptCall with(String argument) {
        arguments.add(bytes(argument));
        return this;
    }

    ScriptCall with(long argument) {
        return with(Long.toString(argument));
    }

    /** A duration in microseconds, at most a hundred years and at least none. */
    ScriptCall with(Duration argument) {
        if (argument.isNegative()) {
            return with(0);
        }
        Duration bounded = argument.compareTo(LONGEST) > 0 ? LONGEST : argument;
        return with(bounded.getSeconds() * 1_000_000 + bounded.getNano() / 1_000);
    }

    Script script() {
        return script;
    }

    byte[][] keys() {
        return keys.toArray(byte[][]::new);
    }

    byte[][] arguments() {
        return arguments.toArray(byte[][]::new);
    }

    byte[][] keysAndArguments() {
        List<byte[]> both = new ArrayList<>(keys);
        both.addAll(arguments);
        return both.toArray(byte[][]::new);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
