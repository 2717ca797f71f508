package dev.breaker.spring.actuate;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last events of each circuit, of this instance and since it started: so many transitions, and so many failures
 * and ignored exceptions, which must not push transitions out. Successes and rejections are counted elsewhere and not kept,
 * because a call that all is well with should leave no garbage. All keys of a name share the room of one circuit, and so do
 * circuits that have been removed, whatever happens to them later: keys come from anywhere. Safe for use by many threads.
 */
public final class EventLog implements BreakerListener {

    /* No circuit has this name. */
    private static final String REMOVED = "";

    private final Map<String, History> histories = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final BreakerRegistry registry;
    private final int size;
    private final InstantSource clock;

    /**
     * @param registry knows which circuits there are
     * @param size how many events of each of the two kinds are kept per circuit, or per name if there are keys
     * @param clock for people to read; nothing depends on it
     * @throws IllegalArgumentException if there is no room for one event, or for more than 10,000
     */
    public EventLog(BreakerRegistry registry, int size, InstantSource clock) {
        if (size < 1 || size > 10_000) {
            throw new IllegalArgumentException(
                    "Invalid breaker.events.buffer-size (" + size + "): must be between 1 and 10000.");
        }
        this.registry = registry;
        this.size = size;
        this.clock = clock;
    }

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        history(event).transitions().add(logged(event));
    }

    @Override
    public void onRemoved(BreakerEvent.Removed event) {
        histories.remove(event.breaker());
    }

    @Override
    public void onFailure(BreakerEvent.Failure event) {
        history(event).outcomes().add(logged(event));
    }

    @Override
    public void onIgnored(BreakerEvent.Ignored event) {
        if (event.cause() != null) {
            history(event).outcomes().add(logged(event));
        }
    }

    @Override
    public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
        history(event).transitions().add(logged(event));
    }

    @Override
    public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
        history(event).transitions().add(logged(event));
    }

    /** The events that are kept, oldest first: of one circuit, or of all if the name is null. */
    List<LoggedEvent> events(@Nullable String breaker) {
        return histories.values().stream()
                .flatMap(History::events)
                .filter(event -> breaker == null || breaker.equals(event.breaker()))
                .sorted(Comparator.comparingLong(LoggedEvent::number))
                .toList();
    }

    private History history(BreakerEvent event) {
        String owner = registry.find(event.breaker())
                .map(breaker -> breaker.family().orElse(breaker.name()))
                .orElse(REMOVED);
        return histories.computeIfAbsent(owner, name -> new History(new Ring(size), new Ring(size)));
    }

    private LoggedEvent logged(BreakerEvent event) {
        return LoggedEvent.of(numbers.incrementAndGet(), clock.instant(), event);
    }

    private record History(Ring transitions, Ring outcomes) {

        Stream<LoggedEvent> events() {
            return Stream.concat(transitions.events().stream(), outcomes.events().stream());
        }
    }
}
