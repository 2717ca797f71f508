package dev.breaker.spring.actuate;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.convert.DurationStyle;

/**
 * The endpoint {@code breakers}: shows the application's circuits and takes operators' decisions for the whole cluster. It
 * never creates a circuit.
 */
@WebEndpoint(id = "breakers")
@RegisterReflection(classes = BreakerConfig.class, memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
public final class BreakersEndpoint {

    private static final int LONGEST_ACTOR = 200;

    private final BreakerRegistry registry;

    /** Shows the circuits of a registry. */
    public BreakersEndpoint(BreakerRegistry registry) {
        this.registry = registry;
    }

    /** All circuits by name, the condition of the sharing, and the instances that are alive. */
    @ReadOperation
    public Map<String, Object> all() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("sharing", SharingDetails.of(registry));
        answer.put("instances", InstanceDetails.of(registry));
        Map<String, Object> circuits = new TreeMap<>();
        for (Breaker breaker : registry.breakers()) {
            circuits.put(breaker.name(), CircuitDetails.of(breaker));
        }
        answer.put("breakers", circuits);
        return OperationResponseBody.of(answer);
    }

    /**
     * One circuit with its settings.
     *
     * @param name its name, which may hold slashes
     */
    @ReadOperation
    public WebEndpointResponse<Map<String, Object>> one(
            @Selector(match = Selector.Match.ALL_REMAINING) String... name) {
        return find(name)
                .map(breaker -> new WebEndpointResponse<>(details(breaker)))
                .orElseGet(() -> unknown(name));
    }

    /**
     * Takes a decision for the whole cluster.
     *
     * @param name the circuit's name, which may hold slashes
     * @param action {@code forceOpen}, {@code disable}, {@code metricsOnly}, {@code release} or {@code reset}
     * @param reason why, not blank
     * @param ttl when an override ends by itself, such as {@code 10m} or {@code PT10M}; without it, never; refused if blank
     * @param actor who decides, if the request is not authenticated
     */
    @WriteOperation
    public WebEndpointResponse<Map<String, Object>> decide(
            SecurityContext security,
            @Selector(match = Selector.Match.ALL_REMAINING) String[] name,
            @Nullable String action,
            @Nullable String reason,
            @Nullable String ttl,
            @Nullable String actor) {
        Optional<Breaker> breaker = find(name);
        if (breaker.isEmpty()) {
            return unknown(name);
        }
        try {
            Action.of(action).decide(breaker.get(), given("reason", reason), who(security, actor), expiry(ttl));
            return new WebEndpointResponse<>(details(breaker.get()));
        } catch (IllegalArgumentException bad) {
            return refused(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(bad.getMessage()));
        }
    }

    private Optional<Breaker> find(String[] name) {
        return registry.find(String.join("/", name));
    }

    private static Map<String, Object> details(Breaker breaker) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("name", breaker.name());
        details.putAll(CircuitDetails.of(breaker));
        details.put("settings", CircuitDetails.settings(breaker.config()));
        return OperationResponseBody.of(details);
    }

    private static WebEndpointResponse<Map<String, Object>> unknown(String[] name) {
        return refused(
                WebEndpointResponse.STATUS_NOT_FOUND, "There is no circuit breaker '" + String.join("/", name) + "'.");
    }

    private static WebEndpointResponse<Map<String, Object>> refused(int status, String why) {
        return new WebEndpointResponse<>(Map.of("error", why), status);
    }

    private static String given(String parameter, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("Missing " + parameter + ": must not be blank.");
        }
        return value.strip();
    }

    private static @Nullable Duration expiry(@Nullable String ttl) {
        if (ttl == null) {
            return null;
        }
        String rule = "Invalid ttl (" + Action.shown(ttl)
                + "): must be a positive duration with a unit, such as 10m or PT10M.";
        if (ttl.strip().chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException(rule);
        }
        try {
            Duration duration = DurationStyle.detectAndParse(ttl.strip());
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(rule);
            }
            return duration;
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            throw new IllegalArgumentException(rule, unreadable);
        }
    }

    private static String who(SecurityContext security, @Nullable String actor) {
        Principal principal = security.getPrincipal();
        if (principal != null && principal.getName() != null) {
            String name = principal.getName();
            return name.length() > LONGEST_ACTOR ? name.substring(0, LONGEST_ACTOR) : name;
        }
        return actor == null || actor.isBlank() ? "anonymous" : actor.strip();
    }
}
