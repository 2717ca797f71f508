package dev.breaker.spring.actuate;

import dev.breaker.BreakerRegistry;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/** The endpoint {@code breakerevents}: the last events of the circuits as this instance saw them, oldest first. */
@WebEndpoint(id = "breakerevents")
public final class BreakerEventsEndpoint {

    private final BreakerRegistry registry;
    private final EventLog log;

    /**
     * @param registry knows which circuits there are
     * @param log what is shown
     */
    public BreakerEventsEndpoint(BreakerRegistry registry, EventLog log) {
        this.registry = registry;
        this.log = log;
    }

    /** The events of all circuits. */
    @ReadOperation
    public Map<String, Object> all() {
        return body(log.events(null));
    }

    /**
     * The events of one circuit.
     *
     * @param name its name, which may hold slashes
     */
    @ReadOperation
    public WebEndpointResponse<Map<String, Object>> one(
            @Selector(match = Selector.Match.ALL_REMAINING) String... name) {
        String breaker = String.join("/", name);
        return registry.find(breaker).isPresent()
                ? new WebEndpointResponse<>(body(log.events(breaker)))
                : new WebEndpointResponse<>(
                        Map.of("error", "There is no circuit breaker '" + breaker + "'."),
                        WebEndpointResponse.STATUS_NOT_FOUND);
    }

    private static Map<String, Object> body(List<LoggedEvent> events) {
        return OperationResponseBody.of(
                Map.of("events", events.stream().map(LoggedEvent::details).toList()));
    }
}
