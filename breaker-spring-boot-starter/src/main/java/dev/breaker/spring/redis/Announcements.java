package dev.breaker.spring.redis;

import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedStoreListener;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the messages that the scripts publish, and passes them on to the subscribers. A message is a line of
 * percent-encoded words: {@code 1 state|override <breaker> ...}, the rest as in the scripts' replies. Words that are added
 * later are ignored, and so is, but for a line in the debug log, whatever makes no sense.
 */
final class Announcements {

    private static final Logger log = LoggerFactory.getLogger(Announcements.class);

    private final List<SharedStoreListener> listeners = new CopyOnWriteArrayList<>();

    void add(SharedStoreListener listener) {
        listeners.add(listener);
    }

    void subscribed() {
        tell(SharedStoreListener::subscribed);
    }

    void received(byte[] message) {
        String line = new String(message, StandardCharsets.UTF_8);
        Consumer<SharedStoreListener> news;
        try {
            news = read(line);
        } catch (RuntimeException e) {
            log.debug("Ignored a message that makes no sense: '{}' ({})", line, e.toString());
            return;
        }
        tell(news);
    }

    private static Consumer<SharedStoreListener> read(String line) {
        List<String> words = Arrays.stream(line.split(" ", -1))
                .map(word -> URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        String version = words.get(0);
        String breaker = words.get(2);
        List<String> rest = words.subList(3, words.size());
        return switch (version + " " + words.get(1)) {
            case "1 state" -> {
                var state = Replies.state(rest);
                yield listener -> listener.stateChanged(breaker, state);
            }
            case "1 override" -> {
                SharedOverride override = Replies.override(rest);
                if (override == null) {
                    throw new IllegalArgumentException("No override");
                }
                yield listener -> listener.overrideChanged(breaker, override);
            }
            default -> throw new IllegalArgumentException("Unknown kind or version");
        };
    }

    private void tell(Consumer<SharedStoreListener> news) {
        for (SharedStoreListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                log.debug("A subscriber failed", e);
            }
        }
    }
}
